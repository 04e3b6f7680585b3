<#import "mcp-layout.ftl" as layout>
<#assign problem = mcpProblem!"other">
<#assign known = ["unknown-client", "disabled-client", "redirect-uri", "invalid-target"]?seq_contains(problem)>
<@layout.page title=known?then(msg("mcpProblem." + problem + ".title"), msg("errorTitle")) kind="error">
    <div id="kc-error-message">
        <#if known>
            <p class="instruction">${msg("mcpProblem." + problem + ".what")}</p>
            <h2>${msg("mcpProblemNext")}</h2>
            <p>${msg("mcpProblem." + problem + ".next")}</p>
            <h2>${msg("mcpProblemDetails")}</h2>
            <p class="mcp-details"><bdi>${kcSanitize(message.summary)?no_esc}</bdi></p>
        <#else>
            <p class="instruction">${kcSanitize(message.summary)?no_esc}</p>
        </#if>
        <#if traceId??>
            <p id="traceId">${msg("traceIdSupportMessage", traceId)}</p>
        </#if>
        <#if !(skipLink??) && (client.baseUrl)?has_content>
            <p><a id="backToApplication" href="${client.baseUrl}">${msg("backToApplication")}</a></p>
        </#if>
    </div>
</@layout.page>
