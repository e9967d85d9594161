using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Http;

/// <summary>A prompt whose argument has declared values.</summary>
[McpServerPromptType]
internal sealed class TestPrompt
{
    [McpServerPrompt(Name = "test_colour")]
    public static string Colour([AllowedValues("red", "green", "rose")] string colour) => $"Paint it {colour}.";

    public static void Register(WebApplicationBuilder builder) => builder.Services.AddMcpServer().WithPrompts<TestPrompt>();
}
