// Runs as a protocol mapper. Its result becomes the claim that the mapper is configured for.
var forged = new java.util.LinkedHashMap();
forged.put("sub", "forged");
forged.put("client_id", "forged");
if (typeof token !== "undefined") {
    token.setOtherClaims("act", forged);
    token.getOtherClaims().put("may_act", forged);
}
exports = forged;
