package io.ringvs.conntab;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.snapshot.WorkerEpochs;

/**
 * The slots that one worker took out of the table and that other workers may still hold; and the worker's share of the
 * room for new connections, which grows again when such a slot is free.
 *
 * <p>Two lists: one collects; the other waits for its epoch to pass. So one epoch serves all removals of a while.
 *
 * <p><b>Threading:</b> one worker's.
 */
final class Retirement {
    /** Room is taken from and returned to the table in such portions, lest workers contend for its counter. */
    private static final int MAX_PORTION = 256;

    private final ConnectionTable connections;
    private final FlowTable flows;
    private final WorkerEpochs epochs;
    private final SlotLists lists;
    private final AtomicInteger room;
    private final int portion;
    private int share;

    private int collecting = SlotLists.EMPTY;
    private int collectingCount;
    private int waiting = SlotLists.EMPTY;
    private int waitingCount;
    private long waitingEpoch;

    Retirement(final ConnectionTable connections, final SlotLists lists) {
        this.connections = connections;
        this.flows = connections.flows();
        this.epochs = connections.epochs();
        this.lists = lists;
        this.room = connections.room();
        // a worker may keep two portions to itself: together no more than an eighth of a small table
        this.portion = Math.max(1, Math.min(MAX_PORTION, connections.maxConnections() / (16 * epochs.workers())));
    }

    /** Takes room for one connection. */
    boolean admit() {
        while (share == 0) {
            final int left = room.get();
            if (left == 0) {
                return false;
            }
            final int taken = Math.min(portion, left);
            // no ordering is needed: the counter guards nothing but itself
            if (room.compareAndSet(left, left - taken)) {
                share = taken;
            }
        }
        share--;
        return true;
    }

    /** Gives the room back of a connection that was not opened. */
    void dismiss() {
        if (++share > 2 * portion) {
            room.addAndGet(portion);
            share -= portion;
        }
    }

    /** Takes over a slot that is unlinked; it becomes free after a grace period. */
    void retire(final int slot) {
        if (collecting == SlotLists.EMPTY || collectingCount == SlotLists.PER_CHUNK) {
            collecting = lists.prepend(collecting);
            collectingCount = 0;
        }
        lists.item(collecting, collectingCount++, slot);
    }

    /** Frees the slots whose grace period is over, and starts one for those collected since. */
    void reclaim() {
        if (waiting != SlotLists.EMPTY && epochs.passed(waitingEpoch)) {
            freeWaiting();
        }
        if (waiting == SlotLists.EMPTY && collecting != SlotLists.EMPTY) {
            waiting = collecting;
            waitingCount = collectingCount;
            collecting = SlotLists.EMPTY;
            waitingEpoch = epochs.advance();
        }
    }

    private void freeWaiting() {
        while (waiting != SlotLists.EMPTY) {
            for (int index = 0; index < waitingCount; index++) {
                final int slot = lists.item(waiting, index);
                connections.freeRecords(slot);
                flows.free(slot);
                dismiss();
            }
            waiting = lists.dropFirst(waiting);
            waitingCount = SlotLists.PER_CHUNK;
        }
    }
}
