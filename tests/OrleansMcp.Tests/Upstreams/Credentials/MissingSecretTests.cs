namespace OrleansMcp.Tests.Upstreams.Credentials;

public sealed class MissingSecretTests : MissingSecretContract;
