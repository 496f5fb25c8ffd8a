package io.ringvs.replay;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The host that a scenario runs on: {@code topology.json}.
 *
 * @param sysctl        settings by the kernel's names, as far as they differ from its defaults
 * @param markRules     marks that packets carry, by what they are
 * @param localPrefixes prefixes whose every address is the host's own
 * @param timeouts      connection timeouts set before the start, or null
 * @param random        whether the scheduler is random, so that only the number of frames can be compared
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Topology(
    String name, List<Interface> interfaces, List<Route> routes, List<Neighbour> neighbours,
    Map<String, String> sysctl, @JsonProperty("mark_rules") List<MarkRule> markRules,
    @JsonProperty("local_prefixes") List<String> localPrefixes, Timeouts timeouts, boolean random) {

    Topology {
        interfaces = interfaces == null ? List.of() : List.copyOf(interfaces);
        routes = routes == null ? List.of() : List.copyOf(routes);
        neighbours = neighbours == null ? List.of() : List.copyOf(neighbours);
        sysctl = sysctl == null ? Map.of() : Map.copyOf(sysctl);
        markRules = markRules == null ? List.of() : List.copyOf(markRules);
        localPrefixes = localPrefixes == null ? List.of() : List.copyOf(localPrefixes);
    }

    /** @param addresses with prefix lengths, as {@code 10.0.0.1/24} */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Interface(String name, String mac, int mtu, List<String> addresses) {
        Interface {
            addresses = addresses == null ? List.of() : List.copyOf(addresses);
        }
    }

    /** @param via null where the prefix is on the link */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Route(String to, String via, String dev) {
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Neighbour(String ip, String mac, String dev) {
    }

    /**
     * @param proto  null for any
     * @param dports empty for any
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record MarkRule(String dst, String proto, List<Integer> dports, int mark) {
        MarkRule {
            dports = dports == null ? List.of() : List.copyOf(dports);
        }
    }

    /** In seconds. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Timeouts(int tcp, int tcpfin, int udp) {
    }
}
