/**
 * The texts of Linux's /proc/net/ip_vs*, column for column, for whatever reads them.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}, {@code ip_vs_conn.c}.
 */
package io.ringvs.control.proc;
