package io.ringvs.director.e2e;

import java.util.Random;

/** Rule sets as an operator might have them, in the words of {@code ipvsadm -R}. */
final class RandomRules {
    private static final String[] SCHEDULERS = {"rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh", "mh", "fo", "ovf"};

    private RandomRules() {
    }

    static String text(final Random random) {
        final StringBuilder text = new StringBuilder();
        for (int number = random.nextInt(12); number >= 0; number--) {
            final boolean marked = random.nextInt(4) == 0;
            final boolean ipv6 = random.nextInt(3) == 0;
            final String option = marked ? "" : oneOf(random, "-t ", "-u ", "--sctp-service ");
            final int port = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(65535);
            final String service = marked
                // above 31 bits ipvsadm saves what it does not take back
                ? "-f " + (1 + random.nextInt(Integer.MAX_VALUE)) + (ipv6 ? " -6" : "")
                : option + address(random, ipv6) + ":" + port;
            final String settings = settings(random, ipv6, port == 0, option.equals("-u "));
            text.append("-A ").append(service).append(settings).append('\n');
            for (int servers = random.nextInt(5); servers > 0; servers--) {
                text.append("-a ").append(service).append(server(random, ipv6)).append('\n');
            }
        }
        return text.toString();
    }

    private static String settings(
        final Random random, final boolean ipv6, final boolean everyPort, final boolean udp) {
        final String scheduler = oneOf(random, SCHEDULERS);
        final StringBuilder text = new StringBuilder(" -s ").append(scheduler);
        if (everyPort || random.nextInt(3) == 0) {
            text.append(" -p ").append(1 + random.nextInt(9999));
            if (random.nextBoolean()) {
                text.append(ipv6 ? " -M " + (1 + random.nextInt(128)) : " -M 255.255." + random.nextInt(256) + ".0");
            }
            if (udp && random.nextBoolean()) {
                text.append(" --pe sip");
            }
        }
        if (udp && random.nextInt(3) == 0) {
            text.append(" -o");
        }
        if (random.nextInt(3) == 0) {
            final boolean named = scheduler.equals("sh") || scheduler.equals("mh");
            text.append(" -b ").append(named ? scheduler + "-port," + scheduler + "-fallback" : "flag-1,flag-3");
        }
        return text.toString();
    }

    private static String server(final Random random, final boolean ipv6) {
        final String tunnel = oneOf(random, " -i", " -i --tun-type gue --tun-port 6080 --tun-csum",
            " -i --tun-type gue --tun-port 9 --tun-remcsum", " -i --tun-type gre", " -i --tun-type gre --tun-csum");
        final String method = oneOf(random, " -g", " -m", tunnel);
        final boolean otherFamily = method.startsWith(" -i") && random.nextInt(4) == 0;
        final int upper = random.nextInt(1000);
        return " -r " + address(random, ipv6 != otherFamily) + ":" + (1 + random.nextInt(65535)) + method
            + " -w " + random.nextInt(1 << random.nextInt(16)) + " -x " + upper + " -y " + random.nextInt(upper + 1);
    }

    private static String address(final Random random, final boolean ipv6) {
        return ipv6
            ? "[2001:db8:" + Integer.toHexString(random.nextInt(0x10000)) + "::"
                + Integer.toHexString(random.nextInt(999)) + "]"
            : oneOf(random, "10", "172", "192", "203") + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                + (1 + random.nextInt(254));
    }

    private static String oneOf(final Random random, final String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
