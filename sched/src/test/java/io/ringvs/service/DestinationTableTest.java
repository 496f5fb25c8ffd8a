package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DestinationTableTest {
    private final DestinationTable table = new DestinationTable(4);

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void shouldKeepWhatTheRulesSay() {
        final int id = table.allocate();
        table.configure(id, new DestinationConfig(
            IpAddress.parse("2001:db8::7"), 8080, ForwardingMethod.TUNNEL, Tunnel.IPIP, 5, 5, 0, 0), 0x182);
        table.setAvailable(id, true);
        assertEquals("2001:db8::7", table.address(id).toString());
        assertEquals(8080, table.port(id));
        assertEquals(Short.reverseBytes((short) 8080), table.wirePort(id));
        assertEquals(5, table.weight(id));
        assertEquals(0x182, table.connectionFlags(id));
        assertTrue(table.isAvailable(id));
    }

    @Test
    void shouldCountActiveInactiveAndTemplates() {
        final int id = configured(0, 0);
        table.connectionBound(id, true);
        table.connectionBound(id, false);
        table.templateChanged(id, 1);
        assertEquals("1 1 2 1", counts(id));
        table.activeChanged(id, -1);
        table.activeChanged(id, 1);
        table.connectionUnbound(id, true);
        assertEquals("0 1 1 1", counts(id));
        assertFalse(table.isIdle(id));
        table.connectionUnbound(id, false);
        assertFalse(table.isIdle(id));
        table.templateChanged(id, -1);
        assertTrue(table.isIdle(id));
    }

    @Test
    void shouldBeOverloadedFromUpperToBelowLowerThreshold() {
        final int id = configured(10, 5);
        bind(id, 9);
        assertFalse(table.isOverloaded(id));
        bind(id, 1);
        assertTrue(table.isOverloaded(id));
        unbind(id, 5);
        assertTrue(table.isOverloaded(id));
        unbind(id, 1);
        assertFalse(table.isOverloaded(id));
    }

    @Test
    void shouldRecoverBelowThreeQuartersGivenNoLowerThreshold() {
        final int id = configured(6, 0);
        bind(id, 6);
        unbind(id, 1);
        assertTrue(table.isOverloaded(id));
        unbind(id, 1);
        assertFalse(table.isOverloaded(id));
    }

    @Test
    void shouldNotCountTemplatesAsLoad() {
        final int id = configured(1, 0);
        table.templateChanged(id, 1);
        assertFalse(table.isOverloaded(id));
    }

    @Test
    void shouldForgetOverloadGivenUpperThresholdIsRaisedUntilTheNextConnection() {
        final int id = configured(2, 0);
        bind(id, 5);
        configure(id, 4, 0);
        assertFalse(table.isOverloaded(id));
        bind(id, 1);
        assertTrue(table.isOverloaded(id));
        configure(id, 3, 0);
        assertTrue(table.isOverloaded(id));
        configure(id, 0, 0);
        assertFalse(table.isOverloaded(id));
    }

    @Test
    void shouldHeedALoweredUpperThresholdAtTheNextConnection() {
        final int id = configured(9, 0);
        bind(id, 5);
        configure(id, 4, 0);
        assertFalse(table.isOverloaded(id));
        bind(id, 1);
        assertTrue(table.isOverloaded(id));
    }

    @Test
    void shouldReuseAnIdCleanAndAsAnotherGeneration() {
        final int id = configured(1, 0);
        bind(id, 1);
        final int generation = table.generation(id);
        table.release(id);
        assertEquals(id, table.allocate());
        assertEquals("0 0 0 0", counts(id));
        assertFalse(table.isOverloaded(id));
        assertNotEquals(generation, table.generation(id));
    }

    @Test
    void shouldSayThatItIsFull() {
        for (int i = 0; i < 4; i++) {
            table.allocate();
        }
        final String message = assertThrows(IllegalStateException.class, table::allocate).getMessage();
        assertEquals("all 4 destination rows are in use", message);
    }

    @Test
    void shouldMarkChangesWhereTheyAreWatchedOnly() {
        final CounterChanges first = new CounterChanges(10_000);
        final CounterChanges second = new CounterChanges(10_000);
        final int id = configured(0, 0);
        table.watch(id, first, 7);
        bind(id, 2);
        assertEquals("[7]", taken(first));
        assertEquals("[]", taken(first));
        table.watch(id, second, 9_999);
        table.activeChanged(id, -1);
        table.unwatch(id, first); // too late: second is told by now
        unbind(id, 1);
        assertEquals("[]", taken(first));
        assertEquals("[9999]", taken(second));
        table.unwatch(id, second);
        bind(id, 1);
        assertEquals("[]", taken(second));
    }

    @Test
    void shouldTakeEveryMarkedPositionOnce() {
        final CounterChanges changes = new CounterChanges(70 * 64);
        final List<Integer> marked = List.of(0, 1, 63, 64, 4095, 4096, 70 * 64 - 1);
        marked.forEach(changes::mark);
        marked.forEach(changes::mark);
        assertEquals(marked.toString(), taken(changes));
        changes.mark(63);
        assertEquals("[63]", taken(changes));
    }

    @Test
    void shouldIgnoreAPositionOfALongerListThatWasWatchedBefore() {
        final CounterChanges changes = new CounterChanges(5);
        changes.mark(5);
        changes.mark(63);
        changes.mark(64);
        assertEquals("[]", taken(changes));
    }

    private static String taken(final CounterChanges changes) {
        final List<Integer> taken = new ArrayList<>();
        for (int position = changes.take(); position >= 0; position = changes.take()) {
            taken.add(position);
        }
        return taken.toString();
    }

    private String counts(final int id) {
        return table.activeConnections(id) + " " + table.inactiveConnections(id) + " " + table.totalConnections(id)
            + " " + table.persistentConnections(id);
    }

    private int configured(final int upper, final int lower) {
        final int id = table.allocate();
        configure(id, upper, lower);
        return id;
    }

    private void configure(final int id, final int upper, final int lower) {
        table.configure(id, new DestinationConfig(
            IpAddress.parse("10.0.0.1"), 80, ForwardingMethod.DIRECT, Tunnel.IPIP, 1, 1, upper, lower), 0);
    }

    private void bind(final int id, final int connections) {
        for (int i = 0; i < connections; i++) {
            table.connectionBound(id, true);
        }
    }

    private void unbind(final int id, final int connections) {
        for (int i = 0; i < connections; i++) {
            table.connectionUnbound(id, true);
        }
    }
}
