/**
 * End-to-end tests: the packaged director in network namespaces, with real clients and servers. They need root and
 * Debian's iproute2, ethtool, nginx, curl and wrk, and fail with a clear reason where one is missing.
 */
package io.ringvs.director.e2e;
