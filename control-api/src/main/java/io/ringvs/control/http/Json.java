package io.ringvs.control.http;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Reads and writes documents. Reading is strict: a field that a document does not have, one twice, or a value of
 * another type is a {@link Problem} that names the place.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Json {
    private static final int MAX_DEPTH = 16;
    private static final int MAX_TEXT = 4096;
    private static final int MAX_NUMBER = 32;
    private static final JsonMapper MAPPER = mapper();

    private Json() {
    }

    private static JsonMapper mapper() {
        final StreamReadConstraints limits = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH).maxStringLength(MAX_TEXT).maxNameLength(MAX_TEXT).maxNumberLength(MAX_NUMBER)
            .build();
        final JsonMapper mapper = JsonMapper.builder(
                JsonFactory.builder().streamReadConstraints(limits)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, null))
            .build();
        for (final CoercionInputShape shape : List.of(
            CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
            mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
        }
        mapper.coercionConfigDefaults().setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail);
        mapper.coercionConfigFor(LogicalType.Textual)
            .setCoercion(CoercionInputShape.EmptyString, CoercionAction.TryConvert);
        return mapper;
    }

    /** The document as text, in UTF-8, with a line end. */
    static byte[] bytes(final Object document) {
        try {
            final byte[] text = MAPPER.writeValueAsBytes(document);
            final byte[] line = Arrays.copyOf(text, text.length + 1);
            line[text.length] = '\n';
            return line;
        } catch (final JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode tree(final Object document) {
        return MAPPER.valueToTree(document);
    }

    /** Reads any JSON. */
    static JsonNode parse(final InputStream text) throws Problem {
        return read(text, JsonNode.class);
    }

    /** Reads a document; of a long one nothing but the document itself is kept. */
    static <T> T read(final InputStream text, final Class<T> type) throws Problem {
        try (JsonParser parser = MAPPER.createParser(text)) {
            final T document = parser.nextToken() == null ? null : MAPPER.readValue(parser, type);
            if (document == null) {
                throw Problem.of(HttpResponseStatus.BAD_REQUEST, "the request needs a body of JSON");
            }
            if (parser.nextToken() != null) {
                throw Problem.of(
                    HttpResponseStatus.BAD_REQUEST, "the body is not JSON: something follows the document");
            }
            return document;
        } catch (final JsonProcessingException e) {
            throw problem(e);
        } catch (final CharConversionException e) { // zero bytes make the parser take the text for UTF-32
            throw Problem.of(
                HttpResponseStatus.BAD_REQUEST, "the body is not JSON in UTF-8: " + firstLine(e.getMessage()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a document of a tree. */
    static <T> T document(final JsonNode tree, final Class<T> type) throws Problem {
        try {
            return MAPPER.treeToValue(tree, type);
        } catch (final JsonProcessingException e) {
            throw problem(e);
        }
    }

    private static Problem problem(final JsonProcessingException e) {
        final JsonProcessingException syntax = syntaxError(e);
        if (syntax != null) {
            final String place = syntax.getLocation() == null ? "" : " (line " + syntax.getLocation().getLineNr()
                + ", column " + syntax.getLocation().getColumnNr() + ")";
            return Problem.of(HttpResponseStatus.BAD_REQUEST, "the body is not JSON as it is understood here: "
                + firstLine(syntax.getOriginalMessage()) + place);
        }
        return e instanceof JsonMappingException mapping
            ? Problem.invalid(sentence(mapping)).within(pointer(mapping))
            : Problem.invalid(firstLine(e.getOriginalMessage()));
    }

    /** What the parser found, if it was not the mapper that did not like what it found; else null. */
    private static JsonProcessingException syntaxError(final JsonProcessingException e) {
        for (Throwable cause = e; cause instanceof JsonProcessingException found; cause = cause.getCause()) {
            if (found instanceof StreamReadException && !(found instanceof InputCoercionException)
                || found instanceof StreamConstraintsException) {
                return found;
            }
        }
        return null;
    }

    private static String sentence(final JsonMappingException e) {
        if (e instanceof UnrecognizedPropertyException unknown) {
            return "there is no field '" + unknown.getPropertyName() + "' here; the fields are "
                + unknown.getKnownPropertyIds().stream().map(Object::toString).sorted()
                    .collect(Collectors.joining(", "));
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
            return (e.getPath().isEmpty() ? "the body" : "a value here") + " must be " + kind(mismatch.getTargetType());
        }
        return e.getCause() instanceof InputCoercionException range
            ? "a number here is out of range: " + firstLine(range.getOriginalMessage())
            : firstLine(e.getOriginalMessage());
    }

    private static String kind(final Class<?> type) {
        if (type == Integer.class || type == int.class) {
            return "a whole number of at most 31 bits";
        } else if (type == Long.class || type == long.class) {
            return "a whole number";
        } else if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        } else if (type == String.class) {
            return "a text";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "an object";
    }

    private static String pointer(final JsonMappingException e) {
        final StringBuilder pointer = new StringBuilder();
        for (final JsonMappingException.Reference part : e.getPath()) {
            pointer.append('/').append(part.getFieldName() == null ? Integer.toString(part.getIndex())
                : part.getFieldName().replace("~", "~0").replace("/", "~1"));
        }
        return pointer.toString();
    }

    private static String firstLine(final String text) {
        return text.lines().findFirst().orElse("").strip();
    }
}
