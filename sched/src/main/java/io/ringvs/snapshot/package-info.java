/**
 * Where the control thread and the workers meet: the rules as an immutable {@link io.ringvs.snapshot.Snapshot},
 * published by one release store, and the epochs that tell when every worker has let go of an older one.
 */
package io.ringvs.snapshot;
