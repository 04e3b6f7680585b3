package dev.keycloakmcp.token.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.support.provider.DelegatingClientSessionContext;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A default method that a newer Keycloak adds must not pass by what a delegate of ours stands in front of. */
class DelegationTest {

    @ParameterizedTest
    @ValueSource(classes = {McpGrant.class, DelegatingClientSessionContext.class})
    void every_method_of_the_interface_is_passed_on(Class<?> delegate) {
        Stream<Method> asked = Arrays.stream(delegate.getInterfaces())
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()));
        assertThat(asked)
                .allSatisfy(method -> assertThat(delegate.getMethod(method.getName(), method.getParameterTypes())
                                .getDeclaringClass()
                                .isInterface())
                        .as(method.toString())
                        .isFalse());
    }
}
