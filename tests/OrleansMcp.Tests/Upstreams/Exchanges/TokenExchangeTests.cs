namespace OrleansMcp.Tests.Upstreams.Exchanges;

public sealed class TokenExchangeTests : TokenExchangeContract;
