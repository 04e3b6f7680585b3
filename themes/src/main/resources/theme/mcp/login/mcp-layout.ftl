<#-- A page without scripts. Colours follow the system by style sheet alone. -->
<#macro page title kind="">
<!DOCTYPE html>
<html lang="${lang}"<#if realm.internationalizationEnabled> dir="${(locale.rtl)?then('rtl','ltr')}"</#if> class="mcp<#if darkMode!false> mcp-dark</#if>">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex, nofollow">
    <meta name="color-scheme" content="light<#if darkMode!false> dark</#if>">
    <title>${title} - ${realm.displayName!realm.name}</title>
    <link rel="icon" href="${url.resourcesPath}/img/favicon.ico">
    <link rel="stylesheet" href="${url.resourcesPath}/css/mcp.css">
</head>
<body class="${kind}" data-page-id="login-${pageId}">
    <header class="mcp-realm" id="kc-header-wrapper">${kcSanitize(msg("loginTitleHtml",(realm.displayNameHtml!'')))?no_esc}</header>
    <main class="mcp-card">
        <h1 id="kc-page-title">${title}</h1>
        <#nested>
    </main>
    <#if realm.internationalizationEnabled && (locale.supported)?? && locale.supported?size gt 1>
    <nav class="mcp-languages" aria-label="${msg("languages")}">
        <#list locale.supported?sort_by("label") as l>
            <a href="${l.url}" lang="${l.languageTag}"<#if l.languageTag == locale.currentLanguageTag> aria-current="true"</#if>>${l.label}</a>
        </#list>
    </nav>
    </#if>
</body>
</html>
</#macro>

<#macro period of>${msg("mcpPeriod" + of.unit?lower_case?cap_first, of.amount)}</#macro>
