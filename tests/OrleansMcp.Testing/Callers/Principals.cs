using OrleansMcp.Configuration;

namespace OrleansMcp.Tests.Callers;

/// <summary>Who is registered where: the ids that the issuers know, and a configuration that maps them.</summary>
internal static class Principals
{
    public const string Acme = "6c1ffe4a-0000-4000-8000-00000000acce";
    public const string Globex = "6c1ffe4a-0000-4000-8000-0000009106e8";
    public const string Alice = "0aa11ce0-0000-4000-8000-000000000001";
    public const string Bob = "0b0b0000-0000-4000-8000-000000000002";
    public const string Carol = "0ca20100-0000-4000-8000-000000000003";

    /// <summary>A client whose registration grants <c>mcp:read</c> alone.</summary>
    public const string Reader = "02eade20-0000-4000-8000-000000000004";

    /// <summary>Its API key.</summary>
    public const string ReaderKey = "key-of-the-reader";

    public const string Audience = "api://orleansmcp";
    public const string Resource = "https://mcp.example.com/mcp";
    public const string AllScopes = "mcp:read mcp:tools";

    public static ServerConfiguration Configuration(TestIssuer issuer, TestIssuer? other = null, string audience = Audience) =>
        ConfigurationFile.Parse(Yaml(issuer, other, audience), "test.yaml");

    /// <summary>The other issuer speaks for globex alone, by its own names of things.</summary>
    public static string Yaml(TestIssuer issuer, TestIssuer? other = null, string audience = Audience) => $$"""
        signals: { attemptsPerMinute: 1000000, denials: 1000000 }
        identity:
          resource: {{Resource}}
          scopes:
            mcp:read: [tools/list, resources/*, prompts/*]
            mcp:tools: [tools/*, secrets/*]
          initialScopes: [mcp:read]
          issuers:
            - issuer: {{issuer.Url}}
              audiences: ["{{audience}}", "{{Resource}}"]
              tenants: { {{Acme}}: acme, {{Globex}}: globex }
              clients: { {{Alice}}: alice, {{Bob}}: bob, {{Carol}}: carol, {{Reader}}: reader }
              claims: [department]
        {{(other is null ? "" : $$"""
            - issuer: {{other.Url}}
              tenant: globex
              clientClaims: [client]
              subjectClaim: user
              scopeClaims: [roles]
              rolesClaim: groups
        """)}}
        tenants:
          acme:
            clients:
              alice:
                keys: [{ sha256: {{Hash("demo-alice")}} }]
                permissions: ["tool:*", "resource:*", "prompt:*"]
                quotas: { sessions: 10000, callsPerMinute: 1000000 }
              bob:
                keys: [{ sha256: {{Hash("demo-bob")}} }]
                permissions: ["tool:*", "resource:*", "prompt:*"]
              reader:
                keys: [{ sha256: {{Hash(ReaderKey)}} }]
                permissions: ["tool:*", "resource:*", "prompt:*"]
                scopes: [mcp:read]
          globex:
            clients:
              carol:
                keys: [{ sha256: {{Hash("demo-carol")}} }]
                permissions: ["tool:*", "resource:*", "prompt:*"]
        """;

    private static string Hash(string key) => Convert.ToHexString(ApiKey.Hash(key));
}
