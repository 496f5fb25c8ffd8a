package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.EXTENDED;
import static io.ringvs.conntab.ConnectionFlags.ONE_PACKET;
import static io.ringvs.conntab.ConnectionFlags.TEMPLATE;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import org.agrona.UnsafeApi;

/**
 * One connection or template as {@link ConnectionCursor} copied it. Ports are in host order.
 *
 * <p><b>Threading:</b> the cursor's.
 */
public final class ConnectionView {
    private final ConnectionTable connections;
    private final long line;
    private final long cold;
    private int slot;

    ConnectionView(final ConnectionTable connections, final long line, final long cold) {
        this.connections = connections;
        this.line = line;
        this.cold = cold;
    }

    ConnectionView at(final int place) {
        slot = place;
        return this;
    }

    public int slot() {
        return slot;
    }

    public Family family() {
        return (UnsafeApi.getByte(line + ConnectionLayout.KIND) & FlowLayout.FAMILY_MASK) == FlowLayout.IPV4
            ? Family.IPV4 : Family.IPV6;
    }

    /** {@link io.ringvs.service.IpProtocol#IP} for the template of a firewall-mark service. */
    public int protocol() {
        return UnsafeApi.getByte(line + ConnectionLayout.PROTOCOL) & 0xff;
    }

    public IpAddress clientAddress() {
        return address(ConnectionLayout.CLIENT_ADDRESS);
    }

    public int clientPort() {
        return port(ConnectionLayout.PORTS);
    }

    /** Of a firewall-mark service's template: the mark, in the first 32 bits. */
    public IpAddress virtualAddress() {
        if (hasEngineData()) {
            final long record = cold + ColdLayout.LENGTH + EngineRecords.VIRTUAL_ADDRESS;
            return IpAddress.ofWords(family(), UnsafeApi.getLong(record), UnsafeApi.getLong(record + Long.BYTES));
        }
        return address(ConnectionLayout.VIRTUAL_ADDRESS);
    }

    /** 65535 for a template that is no longer used. */
    public int virtualPort() {
        return port(ConnectionLayout.VIRTUAL_PORT);
    }

    /** Destination id, or {@link DestinationTable#NONE} for a connection that bypasses all real servers. */
    public int destination() {
        return ConnectionLayout.destination(UnsafeApi.getInt(line + ConnectionLayout.DESTINATION));
    }

    /** Address of the real server; of a bypassing connection, which has none, all zeros, as in Linux. */
    public IpAddress destinationAddress() {
        final int destination = destination();
        return destination == DestinationTable.NONE
            ? IpAddress.of(new byte[family().addressLength()]) : connections.destinations().address(destination);
    }

    public int destinationPort() {
        return port(ConnectionLayout.DESTINATION_PORT);
    }

    /** Where the real server of a FULLNAT connection sees it come from, or null. */
    public IpAddress localAddress() {
        final LocalAddress local =
            localEnd() == LocalAddress.NONE ? null : connections.localAddresses().of(localEnd());
        return local == null ? null : local.address();
    }

    public int localPort() {
        return Short.reverseBytes(LocalAddress.portOf(localEnd())) & 0xffff;
    }

    private int localEnd() {
        return !isTemplate() && (allFlags() & ConnectionFlags.FORWARDING_MASK) == ForwardingMethod.FULLNAT.value()
            ? UnsafeApi.getInt(cold + ColdLayout.LOCAL_END) : LocalAddress.NONE;
    }

    /** {@link ConnectionFlags} as Linux has them. */
    public int flags() {
        final int flags = allFlags() & ConnectionFlags.LINUX_MASK;
        return isTemplate() ? flags & ~ONE_PACKET : flags;
    }

    public boolean isTemplate() {
        return (allFlags() & TEMPLATE) != 0;
    }

    public int state() {
        return ConnectionLayout.state(control());
    }

    /** The state as listings show it. */
    public String stateName() {
        return ConnectionStates.name(protocol(), isTemplate(), state());
    }

    public int secondsLeft(final int now) {
        return Ticks.secondsLeft(expires(), now);
    }

    /** Tick at which it ends if no packet comes. */
    public int expires() {
        return UnsafeApi.getInt(line + ConnectionLayout.EXPIRES);
    }

    /** Packets from the client, wrapping. */
    public int inPackets() {
        return UnsafeApi.getInt(line + ConnectionLayout.IN_PACKETS);
    }

    public int firewallMark() {
        return isExtended() ? UnsafeApi.getInt(cold + ColdLayout.FIREWALL_MARK) : 0;
    }

    /** How long it lives after a packet (a template: after a connection opened through it), in seconds. */
    public int timeoutSeconds() {
        final int own = isExtended() ? UnsafeApi.getInt(cold + ColdLayout.TIMEOUT) : 0;
        return own != 0 ? own / Ticks.PER_SECOND : connections.timeouts().seconds(protocol(), state());
    }

    boolean hasEngineData() {
        return (UnsafeApi.getByte(line + ConnectionLayout.KIND) & FlowLayout.ENGINE_KIND) != 0;
    }

    int engineRecord() {
        return ColdLayout.engineRecord(cold);
    }

    /** What the service's persistence engine found (a Call-ID), or null if the template has none. */
    public String engineData() {
        return hasEngineData() ? EngineRecords.text(cold + ColdLayout.LENGTH) : null;
    }

    /** Slot of its template or control connection, or {@link NewConnection#NO_PARENT}. */
    public int parent() {
        return isExtended() ? UnsafeApi.getInt(cold + ColdLayout.PARENT) : NewConnection.NO_PARENT;
    }

    private boolean isExtended() {
        return (allFlags() & EXTENDED) != 0;
    }

    private int allFlags() {
        return ConnectionLayout.flags(control());
    }

    private int control() {
        return UnsafeApi.getInt(line + ConnectionLayout.CONTROL);
    }

    private IpAddress address(final int offset) {
        return IpAddress.ofWords(family(), UnsafeApi.getLong(line + offset), UnsafeApi.getLong(line + offset + 8));
    }

    private int port(final int offset) {
        return Short.reverseBytes(UnsafeApi.getShort(line + offset)) & 0xffff;
    }
}
