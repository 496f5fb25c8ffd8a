/**
 * The assembly: options, wiring of the control side and the workers, start and orderly end. The only package that sees
 * both sides.
 */
package io.ringvs.director;
