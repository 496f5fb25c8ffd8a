package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One host of a {@link Lab}: runs programs in its namespace. */
final class Host {
    private final Lab lab;
    private final String namespace;
    private final String name;
    private Program web;

    Host(final Lab lab, final String namespace, final String name) {
        this.lab = lab;
        this.namespace = namespace;
        this.name = name;
    }

    String namespace() {
        return namespace;
    }

    String name() {
        return name;
    }

    /** Runs a program that must succeed. */
    String run(final String... command) {
        return Shell.run(inside(command));
    }

    Shell.Answer attempt(final String... command) {
        return Shell.attempt(inside(command));
    }

    /** The command line that runs a program on this host. */
    String[] inside(final String... command) {
        final List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(Arrays.asList(command));
        return line.toArray(String[]::new);
    }

    /** Adds an address with prefix length; IPv6 without duplicate address detection, which would delay it. */
    void address(final String interfaceName, final String address) {
        if (address.indexOf(':') >= 0) {
            run("ip", "address", "add", address, "dev", interfaceName, "nodad");
        } else {
            run("ip", "address", "add", address, "dev", interfaceName);
        }
    }

    /** Adds the interface of a VLAN, such as eth0.100, on top of another. */
    void vlan(final String below, final String protocol, final int id, final String... addresses) {
        final String name = below + "." + id;
        run("ip", "link", "add", "link", below, "name", name, "type", "vlan", "proto", protocol, "id",
            Integer.toString(id));
        for (final String address : addresses) {
            address(name, address);
        }
        run("ip", "link", "set", name, "up");
    }

    /** Bears a VIP as a real server does: on lo, and silent about it in ARP. */
    void bearVip(final String address) {
        sysctl("net/ipv4/conf/all/arp_ignore", "1");
        sysctl("net/ipv4/conf/all/arp_announce", "2");
        address("lo", address);
    }

    /** Has the host forward packets of both families, as a router does. */
    void route() {
        sysctl("net/ipv4/ip_forward", "1");
        sysctl("net/ipv6/conf/all/forwarding", "1");
    }

    /** Sends what is for other networks to a router. */
    void gateway(final String address, final String address6) {
        run("ip", "route", "add", "default", "via", address);
        run("ip", "-6", "route", "add", "default", "via", address6);
    }

    void sysctl(final String path, final String value) {
        run("sh", "-c", "echo " + value + " >/proc/sys/" + path);
    }

    String mac(final String interfaceName) {
        return run("cat", "/sys/class/net/" + interfaceName + "/address").trim();
    }

    /** Fetches a URL with curl and gives the body, trimmed; an assertion fails when there is none. */
    String curl(final String url) {
        return run("curl", "-sS", "-g", "--max-time", "5", url).trim();
    }

    /** Runs nginx, which answers every request on port 80 (of both families) and 443, with this host's name. */
    void serveHttp() {
        web = nginx("http", 80, "listen 443; location / { return 200 \"" + name + "\\n\"; }");
    }

    /** Runs nginx, which gives the files of a directory and takes uploads into it. */
    void serveFiles(final Path directory, final int port) {
        nginx("files", port, "root " + directory + "; client_max_body_size 0; dav_methods PUT;");
    }

    /** Runs nginx on a port of both families. */
    private Program nginx(final String label, final int port, final String server) {
        final Path home = lab.directory().resolve(label + "-" + namespace);
        final String text = """
            daemon off; worker_processes 1; user root; pid %1$s/pid; error_log %1$s/error.log;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 10000000;
              client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
              server { listen %2$d; listen [::]:%2$d; %3$s }
            }
            """.formatted(home, port, server);
        try {
            Files.createDirectories(home);
            Files.writeString(home.resolve("nginx.conf"), text);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final Program program = lab.keep(
            start(label, "nginx", "-c", home + "/nginx.conf", "-p", home.toString(), "-e", home + "/error.log"));
        final String url = "http://127.0.0.1:" + port + "/";
        Await.until(10, "nginx listens on " + name, () -> attempt("curl", "-s", url).succeeded());
        return program;
    }

    /** The nginx of {@link #serveHttp} that was started last. */
    Program web() {
        return web;
    }

    /** Starts a program whose output goes to a file of the lab. */
    Program start(final String label, final String... command) {
        return Program.start(lab.directory().resolve(label + "-" + namespace + ".log"), inside(command));
    }
}
