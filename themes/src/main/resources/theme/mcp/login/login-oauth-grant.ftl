<#import "mcp-layout.ftl" as layout>
<#-- What others chose (names, URIs) is escaped by ${} and never a parameter of msg(), which would look for message keys in it. -->
<@layout.page title=msg("mcpConsentTitle") kind="oauth">
    <section aria-labelledby="mcp-who">
        <h2 id="mcp-who">${msg("mcpWho")}</h2>
        <p class="mcp-name"><bdi id="mcp-client-name">${mcp.client.name}</bdi></p>
        <#if mcp.client.suspicious>
            <p class="mcp-warning" id="mcp-client-suspicious">${msg("mcpNameSuspicious")}</p>
        </#if>
        <p id="mcp-client-origin">
            <#if mcp.client.selfDeclared>
                <strong>${msg("mcpSelfDeclared")}</strong>
            </#if>
            <#if mcp.client.how == "document">
                ${msg("mcpHowDocument")} <bdi class="mcp-uri">${mcp.client.documentHost}</bdi>
            <#else>
                ${msg("mcpHow" + mcp.client.how?cap_first)}
            </#if>
            <#if mcp.client.since??>${msg("mcpSince", mcp.client.since)}</#if>
        </p>
        <#if mcp.again??>
            <p class="mcp-note" id="mcp-again">${msg("mcpAgain" + mcp.again?cap_first)}</p>
        </#if>
    </section>

    <section aria-labelledby="mcp-where">
        <h2 id="mcp-where">${msg("mcpWhere")}</h2>
        <#if mcp.target??>
            <#if mcp.target.kind == "LOOPBACK">
                <p class="mcp-host" id="mcp-target">${msg("mcpThisComputer")}</p>
                <p class="mcp-warning" id="mcp-target-warning">${msg("mcpThisComputerWarning")}</p>
            <#elseif mcp.target.kind == "PRIVATE_USE">
                <p class="mcp-host" id="mcp-target">${msg("mcpScheme")} <bdi class="mcp-site">${mcp.target.site}://</bdi></p>
                <p class="mcp-warning" id="mcp-target-warning">${msg("mcpSchemeWarning")}</p>
            <#else>
                <p class="mcp-host" id="mcp-target"><bdi dir="ltr"><span class="mcp-before">${mcp.target.before}</span><strong class="mcp-site">${mcp.target.site}</strong></bdi></p>
                <#if mcp.target.kind == "INSECURE_SITE">
                    <p class="mcp-warning" id="mcp-target-warning">${msg("mcpInsecureWarning")}</p>
                <#elseif mcp.target.kind == "UNKNOWN">
                    <p class="mcp-warning" id="mcp-target-warning">${msg("mcpUnknownTargetWarning")}</p>
                <#else>
                    <p id="mcp-target-explanation">${msg("mcpSiteExplanation")}</p>
                </#if>
                <#if mcp.target.international??>
                    <p class="mcp-warning" id="mcp-target-international">${msg("mcpInternationalWarning")} <bdi>${mcp.target.international}</bdi></p>
                </#if>
            </#if>
        <#else>
            <p class="mcp-host" id="mcp-target">${msg("mcpDevice")}</p>
            <p class="mcp-warning" id="mcp-target-warning">${msg("mcpDeviceWarning")}</p>
        </#if>
    </section>

    <section aria-labelledby="mcp-what">
        <h2 id="mcp-what">${msg("mcpWhat")}</h2>
        <#if mcp.server??>
            <p class="mcp-server"><bdi id="mcp-server-name">${mcp.server.name}</bdi><br><bdi class="mcp-uri" id="mcp-server-uri" dir="ltr">${mcp.server.uri}</bdi></p>
        <#else>
            <p id="mcp-server-none"><#if mcp.target??>${msg("mcpNoServer")}<#else>${msg("mcpDeviceServer")}</#if></p>
        </#if>
        <#if mcp.scopes?has_content>
        <ul class="mcp-scopes" id="mcp-scopes">
            <#list mcp.scopes as scope>
                <li<#if scope.risky> class="mcp-risky"</#if>>
                    <span class="mcp-scope-text">${scope.text}<#if scope.parameter??>: <b><bdi>${scope.parameter}</bdi></b></#if></span>
                    <#if scope.forClient><span class="mcp-badge mcp-for-client">${msg("mcpForClient")}</span></#if>
                    <#if scope.added><span class="mcp-badge mcp-added">${msg("mcpAdded")}</span></#if>
                    <#if scope.risky>
                        <span class="mcp-badge">${msg("mcpRisky")}</span>
                        <span class="mcp-risk">${scope.risk!msg("mcpRiskGeneral")}</span>
                    </#if>
                </li>
            </#list>
        </ul>
        </#if>
    </section>

    <section aria-labelledby="mcp-means">
        <h2 id="mcp-means">${msg("mcpMeans")}</h2>
        <ul>
            <li id="mcp-acts">${msg("mcpActs")}</li>
            <li id="mcp-duration"<#if mcp.duration.kind == "offline"> class="mcp-risky"</#if>>
                <#if mcp.duration.kind == "offline">
                    <strong>${msg("mcpOffline")}</strong>
                    ${msg("mcpOfflineIdle")} <@layout.period of=mcp.duration.idle/>.
                    <#if mcp.duration.most??>${msg("mcpAtMost")} <@layout.period of=mcp.duration.most/>.</#if>
                <#elseif mcp.duration.kind == "session">
                    ${msg("mcpSession")} ${msg("mcpAtMost")} <@layout.period of=mcp.duration.most/>.
                <#else>
                    ${msg("mcpToken")} <@layout.period of=mcp.duration.most/>.
                </#if>
            </li>
            <li id="mcp-revoke">
                ${msg("mcpRevoke")}
                <#if mcp.accountUrl??><a href="${mcp.accountUrl}" target="_blank" rel="noopener noreferrer">${msg("mcpAccount")}</a></#if>
            </li>
        </ul>
    </section>

    <#if mcp.username??>
        <p class="mcp-user">${msg("mcpSignedIn")} <bdi>${mcp.username}</bdi></p>
    </#if>
    <form action="${url.oauthAction}" method="post" class="mcp-actions">
        <input type="hidden" name="code" value="${oauth.code}">
        <button type="submit" name="cancel" id="kc-cancel" value="${msg("mcpDeny")}">${msg("mcpDeny")}</button>
        <button type="submit" name="accept" id="kc-login" value="${msg("mcpAllow")}">${msg("mcpAllow")}</button>
    </form>
</@layout.page>
