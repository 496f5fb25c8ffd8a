package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TableMemory;
import io.ringvs.conntab.Ticks;
import io.ringvs.conntab.UdpStates;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.WorkerEpochs;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableConnectionsTest {
    private static final IpAddress CLIENT = IpAddress.parse("198.51.100.7");
    private static final IpAddress VIRTUAL = IpAddress.parse("10.0.0.100");
    private static final int UDP_SECONDS = 300;

    private final TestRules test = new TestRules();
    private final ConnectionTable table =
        new ConnectionTable(16, test.destinations, new WorkerEpochs(1), TableMemory.ofProcess(), 0);
    private final FlowBatch flows = new FlowBatch(1);
    private int nowTicks;
    private final TableConnections connections = new TableConnections(table, () -> nowTicks);

    @BeforeEach
    void open() throws RuleException {
        final ServiceKey key = ServiceKey.ofAddress(IpProtocol.UDP, VIRTUAL, 53);
        test.rules.addService(new ServiceConfig(key, "rr", 0, 0, -1, null, List.of()));
        test.rules.addDestination(key, DestinationConfig.of(
            IpAddress.parse("192.168.1.11"), 8053, ForwardingMethod.NAT, 1));
        final int destination = test.rules.service(key).destinations().get(0).id();
        final long flow = flows.entry(0);
        UnsafeApi.setMemory(flow, FlowLayout.LENGTH, (byte) 0);
        UnsafeApi.putLong(flow + FlowLayout.CLIENT_ADDRESS, CLIENT.word0());
        UnsafeApi.putLong(flow + FlowLayout.VIRTUAL_ADDRESS, VIRTUAL.word0());
        UnsafeApi.putLong(flow + FlowLayout.PORTS, FlowLayout.portsWord(
            Short.reverseBytes((short) 30000), Short.reverseBytes((short) 53), IpProtocol.UDP, FlowLayout.IPV4));
        table.worker(0).open(new NewConnection().of(flow, destination, Short.reverseBytes((short) 8053), 0),
            UdpStates.PACKET, nowTicks);
    }

    @AfterEach
    void close() {
        flows.close();
        table.close();
        test.close();
    }

    @Test
    void shouldShowWhatIsInTheTable() {
        nowTicks = Ticks.ofSeconds(10);
        assertEquals(List.of(new ConnectionEntry(IpProtocol.UDP, "UDP", UDP_SECONDS - 10, CLIENT, 30000, VIRTUAL, 53,
            IpAddress.parse("192.168.1.11"), 8053, null, null)), entries());
    }

    @Test
    void shouldNotShowWhatHasExpiredThoughNoWorkerFoundItYet() {
        nowTicks = Ticks.ofSeconds(UDP_SECONDS) - 1;
        assertEquals(1, entries().size());
        nowTicks++;
        assertEquals(List.of(), entries());
    }

    @Test
    void shouldGoOnAnsweringNothingAfterTheEnd() {
        try (ConnectionSource.Cursor cursor = connections.open()) {
            cursor.next();
            assertNull(cursor.next());
            assertNull(cursor.next());
        }
    }

    private List<ConnectionEntry> entries() {
        final List<ConnectionEntry> entries = new ArrayList<>();
        try (ConnectionSource.Cursor cursor = connections.open()) {
            for (ConnectionEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
                entries.add(entry);
            }
        }
        return entries;
    }
}
