package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class ConnectionLayoutTest {
    @Test
    void shouldKeepTheFieldsOfTheControlWordApart() {
        final int word = ConnectionLayout.withOldState(ConnectionLayout.control(4, 31, 15, 0xffff), 0);
        assertEquals(0xffff_0ffc, word);
        assertEquals(4, ConnectionLayout.life(word));
        assertEquals(31, ConnectionLayout.version(word));
        assertEquals(15, ConnectionLayout.state(word));
        assertEquals(0xffff, ConnectionLayout.flags(word));
        assertEquals(0xffff_01fc, ConnectionLayout.withState(word, 1));
        assertEquals(0x0000_0ffc, ConnectionLayout.withFlags(word, 0));
        assertEquals(0xffff_0ffb, ConnectionLayout.withLife(word, 3));
    }

    @Test
    void shouldKeepDestinationAndBucketApart() {
        final int word = ConnectionLayout.destinationWord(DestinationTable.NONE, 0x12);
        assertEquals(0x12ff_ffff, word);
        assertEquals(DestinationTable.NONE, ConnectionLayout.destination(word));
        assertEquals(0x12, ConnectionLayout.filed(word));
        assertEquals(0x7f_fffe, ConnectionLayout.destination(ConnectionLayout.destinationWord(0x7f_fffe, 0xff)));
    }

    @Test
    void shouldLayTheLineOutAsDescribed() {
        try (TestTable test = new TestTable(100, 1)) {
            final long line = test.table.flows().line(test.open(5));

            assertEquals(0, line & 63);
            assertEquals(0x0a00_0000, Integer.reverseBytes(UnsafeApi.getInt(line + 16)));
            assertEquals(0, UnsafeApi.getInt(line + 20));
            assertEquals(0xc0a8_010a, Integer.reverseBytes(UnsafeApi.getInt(line + 32)));
            assertEquals(1029, Short.reverseBytes(UnsafeApi.getShort(line + 48)));
            assertEquals(80, Short.reverseBytes(UnsafeApi.getShort(line + 50)));
            assertEquals(IpProtocol.TCP, UnsafeApi.getByte(line + 52));
            assertEquals(4, UnsafeApi.getByte(line + 53));
            assertEquals(80, Short.reverseBytes(UnsafeApi.getShort(line + 54)));
            assertEquals(1, UnsafeApi.getInt(line + 12));
            assertEquals(60 * Ticks.PER_SECOND, UnsafeApi.getInt(line + 60));
        }
    }
}
