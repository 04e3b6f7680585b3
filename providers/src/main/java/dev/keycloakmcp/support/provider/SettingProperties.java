package dev.keycloakmcp.support.provider;

import dev.keycloakmcp.support.ChoiceSetting;
import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.ListSetting;
import dev.keycloakmcp.support.NumberSetting;
import dev.keycloakmcp.support.Setting;
import dev.keycloakmcp.support.TextSetting;
import java.util.List;
import org.keycloak.provider.ProviderConfigProperty;

/** Settings as fields of a form in the Admin Console. */
public final class SettingProperties {

    private SettingProperties() {}

    /**
     * The fields.
     *
     * @param prefix of the message keys {@code <prefix>.<key>.label} and {@code <prefix>.<key>.tooltip}: the provider id
     */
    public static List<ProviderConfigProperty> of(String prefix, List<? extends Setting<?>> settings) {
        return settings.stream().map(setting -> property(prefix, setting)).toList();
    }

    private static ProviderConfigProperty property(String prefix, Setting<?> setting) {
        ProviderConfigProperty property = new ProviderConfigProperty();
        property.setName(setting.key());
        property.setLabel(prefix + "." + setting.key() + ".label");
        property.setHelpText(prefix + "." + setting.key() + ".tooltip");
        if (setting instanceof FlagSetting flag) {
            property.setType(ProviderConfigProperty.BOOLEAN_TYPE);
            property.setDefaultValue(flag.byDefault());
        } else if (setting instanceof NumberSetting number) {
            property.setType(ProviderConfigProperty.INTEGER_TYPE);
            property.setDefaultValue(number.byDefault());
        } else if (setting instanceof TextSetting) {
            property.setType(ProviderConfigProperty.STRING_TYPE);
        } else if (setting instanceof ChoiceSetting<?> choice) {
            property.setType(ProviderConfigProperty.LIST_TYPE);
            property.setOptions(choice.options());
            choice(property, choice);
        } else if (setting instanceof ListSetting list) {
            list(property, list);
        }
        return property;
    }

    private static <E> void choice(ProviderConfigProperty property, ChoiceSetting<E> choice) {
        property.setDefaultValue(choice.text().apply(choice.byDefault()));
    }

    /** The Console's two fields for lists differ: the one with options takes a single text as default. */
    private static void list(ProviderConfigProperty property, ListSetting list) {
        if (list.options().isEmpty()) {
            property.setType(ProviderConfigProperty.MULTIVALUED_STRING_TYPE);
            property.setDefaultValue(list.byDefault().isEmpty() ? null : list.byDefault());
        } else {
            property.setType(ProviderConfigProperty.MULTIVALUED_LIST_TYPE);
            property.setOptions(list.options());
            property.setDefaultValue(list.byDefault().stream().findFirst().orElse(null));
        }
    }
}
