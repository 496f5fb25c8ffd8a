package io.ringvs.conntab;

import io.ringvs.service.IpvsSettings;

/**
 * Which defences against a flood are up. Evaluated once a second, and whenever a setting changes.
 *
 * <p>Each of the three has a mode: 0 off, 3 always on, 1 and 2 automatic. An automatic one shows by its mode what it
 * does: 2 while memory is short and it is on, 1 otherwise.
 *
 * @param dropEntry       mode of drop_entry, to be shown as the setting's value
 * @param dropPacket      mode of drop_packet, likewise
 * @param secureTcp       mode of secure_tcp, likewise
 * @param dropPacketRate  one in so many packets that would open a connection is dropped; 0 for none
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}, {@code update_defense_level}.
 */
public record Defence(int dropEntry, int dropPacket, int secureTcp, int dropPacketRate) {
    public static final Defence NONE = new Defence(0, 0, 0, 0);

    private static final int AUTOMATIC = 1;
    private static final int AUTOMATIC_ON = 2;
    private static final int ALWAYS = 3;

    /**
     * @param availablePages memory left for connections, in pages of 4 KiB; short if below amemthresh
     */
    public static Defence evaluate(final IpvsSettings settings, final long availablePages) {
        final boolean isShort = availablePages < settings.amemthresh();
        final int dropPacket = mode(settings.dropPacket(), isShort);
        return new Defence(
            mode(settings.dropEntry(), isShort), dropPacket, mode(settings.secureTcp(), isShort),
            dropRate(settings, dropPacket, availablePages));
    }

    private static int mode(final int mode, final boolean isShort) {
        if (mode == AUTOMATIC || mode == AUTOMATIC_ON) {
            return isShort ? AUTOMATIC_ON : AUTOMATIC;
        }
        return mode;
    }

    private static int dropRate(final IpvsSettings settings, final int mode, final long availablePages) {
        return switch (mode) {
            case AUTOMATIC_ON -> (int) (settings.amemthresh() / (settings.amemthresh() - availablePages));
            case ALWAYS -> settings.amDroprate();
            default -> 0;
        };
    }

    public boolean isDroppingEntries() {
        return dropEntry >= AUTOMATIC_ON;
    }

    public boolean isSecureTcp() {
        return secureTcp >= AUTOMATIC_ON;
    }
}
