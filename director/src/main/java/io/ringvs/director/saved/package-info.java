/** The rules on disk: their file, its text, and who writes it. */
package io.ringvs.director.saved;
