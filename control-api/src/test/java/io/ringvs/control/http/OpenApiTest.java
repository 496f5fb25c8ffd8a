package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.DirectorStatus;
import io.ringvs.control.TestRules;
import io.ringvs.service.IpvsSetting;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document says what the code does, no more and no less. */
class OpenApiTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, Class<?>> DOCUMENTS = new TreeMap<>(Map.ofEntries(
        Map.entry("Service", ServiceDocument.class), Map.entry("Destination", DestinationDocument.class),
        Map.entry("Tunnel", TunnelDocument.class), Map.entry("Destinations", DestinationsDocument.class),
        Map.entry("Rules", RulesDocument.class), Map.entry("Timeouts", TimeoutsDocument.class),
        Map.entry("Mark", MarkDocument.class), Map.entry("Marks", MarksDocument.class),
        Map.entry("Connection", ConnectionDocument.class), Map.entry("Counters", CountersDocument.class),
        Map.entry("Statistics", StatisticsDocument.class),
        Map.entry("ServiceStatistics", StatisticsDocument.ServiceStatistics.class),
        Map.entry("DestinationStatistics", StatisticsDocument.DestinationStatistics.class),
        Map.entry("Problem", ProblemDocument.class), Map.entry("Status", DirectorStatus.class)));

    private JsonNode document;

    @BeforeEach
    void read() throws IOException {
        document = MAPPER.readTree(HttpApi.description());
        for (final Class<?> part : DirectorStatus.class.getDeclaredClasses()) {
            DOCUMENTS.put(part.getSimpleName(), part);
        }
    }

    @Test
    void shouldHaveEveryRouteAndNoOther() {
        final TreeSet<String> described = new TreeSet<>();
        for (final Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            for (final Iterator<String> methods = path.getValue().fieldNames(); methods.hasNext();) {
                final String method = methods.next();
                if (!method.equals("parameters")) {
                    described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
            assertEquals(count(path.getKey(), '{'), path.getValue().path("parameters").size(), path.getKey());
        }
        final TreeSet<String> existing = new TreeSet<>();
        try (TestRules test = new TestRules()) {
            new HttpApi(new ApiEnvironment(
                test.rules, ConnectionSource.NONE, new TestSettings(), new TestMarks(), () -> null))
                .routes().forEach(route -> existing.add(route.method() + " " + route.template()));
        }
        assertEquals(existing, described);
        assertTrue(existing.size() > 25);
    }

    private static long count(final String text, final char letter) {
        return text.chars().filter(each -> each == letter).count();
    }

    @Test
    void shouldHaveEveryFieldAndNoOther() {
        final TreeSet<String> schemas = new TreeSet<>();
        document.at("/components/schemas").fieldNames().forEachRemaining(schemas::add);
        final TreeSet<String> expected = new TreeSet<>(DOCUMENTS.keySet());
        expected.add("Settings");
        expected.add("Connections");
        assertEquals(expected, schemas);

        DOCUMENTS.forEach((name, type) -> {
            final TreeMap<String, String> fields = new TreeMap<>();
            final JavaType javaType = MAPPER.constructType(type);
            for (final BeanPropertyDefinition field
                : MAPPER.getSerializationConfig().introspect(javaType).findProperties()) {
                fields.put(field.getName(), kind(field.getPrimaryType()));
            }
            final TreeMap<String, String> described = new TreeMap<>();
            for (final Map.Entry<String, JsonNode> field : schema(name).get("properties").properties()) {
                described.put(field.getKey(), kind(field.getValue()));
            }
            assertEquals(fields, described, name);
        });
    }

    @Test
    void shouldHaveEverySettingAndNoOther() {
        final TreeSet<String> names = new TreeSet<>();
        for (final IpvsSetting setting : IpvsSetting.values()) {
            names.add(setting.settingName());
        }
        final TreeSet<String> described = new TreeSet<>();
        schema("Settings").get("properties").fieldNames().forEachRemaining(described::add);
        assertEquals(names, described);
    }

    @Test
    void shouldReferToWhatIsThere() {
        for (final JsonNode reference : document.findValues("$ref")) {
            final String target = reference.asText();
            assertTrue(!document.at(target.substring(1)).isMissingNode(), target);
        }
        assertEquals("list of Connection", kind(schema("Connections").at("/properties/connections")));
    }

    private JsonNode schema(final String name) {
        return document.at("/components/schemas/" + name);
    }

    private static String kind(final JavaType type) {
        if (type.isCollectionLikeType()) {
            return "list of " + kind(type.getContentType());
        } else if (type.isMapLikeType()) {
            return "map of " + kind(type.getContentType());
        }
        final Class<?> raw = type.getRawClass();
        return DOCUMENTS.entrySet().stream().filter(each -> each.getValue() == raw).map(Map.Entry::getKey).findFirst()
            .orElseGet(() -> switch (raw.getSimpleName()) {
                case "int", "Integer" -> "int32";
                case "long", "Long" -> "int64";
                case "double", "Double" -> "number";
                case "boolean", "Boolean" -> "boolean";
                case "String" -> "string";
                default -> raw.getName();
            });
    }

    private static String kind(final JsonNode schema) {
        if (schema.has("$ref")) {
            return schema.get("$ref").asText().replace("#/components/schemas/", "");
        }
        return switch (schema.get("type").asText()) {
            case "array" -> "list of " + kind(schema.get("items"));
            case "object" -> "map of " + kind(schema.get("additionalProperties"));
            case "integer" -> schema.get("format").asText();
            default -> schema.get("type").asText();
        };
    }
}
