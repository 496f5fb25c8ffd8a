package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets of IPsec beside the exchange of their keys. */
class SecuredPacketsTest {
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "10.0.0.100";
    private static final String SERVER = "192.168.1.11";
    private static final int KEY_EXCHANGE = 500;
    private static final int LAST_FRAGMENT = 185;

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private ServiceKey service;

    private void serve(final ForwardingMethod method) {
        service = rules.addService(IpProtocol.UDP, VIP, KEY_EXCHANGE, "rr");
        rules.addServer(service, DestinationConfig.of(IpAddress.parse(SERVER), KEY_EXCHANGE, method, 1),
            method.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        rules.clients(new ClientWays.Builder().add(IpAddress.parse("0.0.0.0"), 0,
            new Adjacency(Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, 1500))
            .build());
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {IpProtocol.ESP, IpProtocol.AH})
    void shouldFollowTheKeyExchangeUnchanged(final int protocol) {
        serve(ForwardingMethod.DIRECT);
        assertNotNull(director.forward(keyExchange()));

        final byte[] sent = secured(protocol).build();
        final byte[] received = director.forward(sent);

        assertArrayEquals(Arrays.copyOfRange(sent, 26, sent.length), Arrays.copyOfRange(received, 26, received.length));
        assertEquals(63, received[22]);
        assertEquals(2, director.statistics.sum(rules.statisticsRow(service), Statistics.IN_PACKETS));
        director.assertOnly(Verdict.FORWARD, 2);
    }

    @Test
    void shouldProlongTheConnectionOfTheKeyExchange() {
        serve(ForwardingMethod.DIRECT);
        assertNotNull(director.forward(keyExchange()));

        director.advanceSeconds(200);
        assertNotNull(director.forward(secured(IpProtocol.ESP).build()));

        director.assertListing("UDP 198.51.100.7:500 10.0.0.100:500 192.168.1.11:500 UDP 300");
    }

    @Test
    void shouldForwardEveryFragmentByItsAddresses() {
        serve(ForwardingMethod.DIRECT);
        assertNotNull(director.forward(keyExchange()));

        assertNotNull(director.forward(secured(IpProtocol.ESP).fragment(LAST_FRAGMENT).build()));
        director.assertOnly(Verdict.FORWARD, 2);
    }

    @Test
    void shouldChangeAddressesOnlyGivenNat() {
        serve(ForwardingMethod.NAT);
        assertNotNull(director.forward(keyExchange()));

        final byte[] sent = secured(IpProtocol.ESP).build();
        final byte[] in = director.forward(sent);
        assertArrayEquals(new byte[] {(byte)192, (byte)168, 1, 11}, Arrays.copyOfRange(in, 30, 34));
        assertArrayEquals(Arrays.copyOfRange(sent, 34, sent.length), Arrays.copyOfRange(in, 34, in.length));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(in, 14, 34)));

        final byte[] answer = FrameBuilder.udp().protocol(IpProtocol.ESP).from(SERVER, 1).to(CLIENT, 2).build();
        director.servers().inject(answer);
        director.worker.doWork();
        final byte[] out = director.clients().collect();
        assertArrayEquals(new byte[] {10, 0, 0, 100}, Arrays.copyOfRange(out, 26, 30));
        assertArrayEquals(Arrays.copyOfRange(answer, 34, answer.length), Arrays.copyOfRange(out, 34, out.length));
        assertEquals(1, director.statistics.sum(rules.statisticsRow(service), Statistics.OUT_PACKETS));
        director.assertOnly(Verdict.FORWARD, 3);
    }

    @Test
    void shouldStayWithTheHostGivenNoKeysWereExchanged() {
        serve(ForwardingMethod.DIRECT);

        assertNull(director.forward(secured(IpProtocol.ESP).build()));
        assertEquals(1, director.packets(Verdict.HOST_PROTOCOL));
        assertNull(director.forward(secured(IpProtocol.ESP).fragment(LAST_FRAGMENT).build()));
        assertEquals(1, director.packets(Verdict.HOST_FRAGMENT));
        director.assertListing();
    }

    private static byte[] keyExchange() {
        return FrameBuilder.udp().from(CLIENT, KEY_EXCHANGE).to(VIP, KEY_EXCHANGE).build();
    }

    private static FrameBuilder secured(final int protocol) {
        // where the ports would be is the number of the security association
        return FrameBuilder.udp().protocol(protocol).from(CLIENT, 0x1234).to(VIP, 0x5678);
    }
}
