/**
 * The command line of ipvsadm 1.31: its option parsing, checks, messages, exit codes and listings, to the byte.
 *
 * <pre>
 *   words -> OptionReader -> CommandLineParser -> OptionMatrix -> CommandLine -> AdmSession -> RuleSet
 *                                                                                    +------> listings
 * </pre>
 *
 * <p>Strings hold bytes: each char is one byte (ISO 8859-1), so that what came in goes out unchanged.
 */
package io.ringvs.control.adm;
