package io.ringvs.control.http;

import java.util.List;

/** Mark rules that nothing heeds; one for the destination "bad" is refused. */
public final class TestMarks implements MarkTable {
    private List<MarkDocument> marks = List.of();

    @Override
    public List<MarkDocument> marks() {
        return marks;
    }

    @Override
    public void replace(final List<MarkDocument> wanted) {
        if (wanted.stream().anyMatch(mark -> "bad".equals(mark.destination()))) {
            throw new IllegalArgumentException("a mark rule needs --dst PREFIX and --mark N");
        }
        marks = List.copyOf(wanted);
    }
}
