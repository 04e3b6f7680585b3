package dev.keycloakmcp.support.provider;

import dev.keycloakmcp.support.Setting;
import java.util.List;

/** A provider that administrators configure by a table of settings. */
public interface Configurable {

    /** The table, in the order of the form. */
    List<Setting<?>> settings();
}
