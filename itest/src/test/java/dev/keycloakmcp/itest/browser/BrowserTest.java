package dev.keycloakmcp.itest.browser;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests in a real Chromium: the program {@code chromium}, {@code chromium-browser} or {@code google-chrome} on
 * the path, or what the system property {@code chromium} or the environment variable {@code CHROMIUM} names.
 * Where there is none, every method is skipped and says so.
 *
 * <p>Methods may ask for a {@link Browser}: a fresh profile that ends with the method.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ChromiumExtension.class)
public @interface BrowserTest {}
