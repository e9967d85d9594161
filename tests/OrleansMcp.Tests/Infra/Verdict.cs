using System.Text.Json.Serialization;

namespace OrleansMcp.Tests.Infra;

/// <summary>What a check of tests/infra says.</summary>
/// <param name="Title">The check, as a sentence.</param>
/// <param name="Problems">What is wrong with the deployment as it is.</param>
/// <param name="Blind">Faults that were put in and that the check did not see.</param>
/// <param name="Mutations">How many faults were put in.</param>
internal sealed record Verdict(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("problems")] string[] Problems,
    [property: JsonPropertyName("blind")] string[] Blind,
    [property: JsonPropertyName("mutations")] int Mutations);
