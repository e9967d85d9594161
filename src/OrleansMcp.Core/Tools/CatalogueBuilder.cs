using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Records.Tools;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Tools;

/// <summary>
/// Collects what the server offers. Tools, prompts and resources are those of the C# SDK: methods with <see cref="McpServerToolAttribute"/>,
/// <see cref="McpServerPromptAttribute"/> or <see cref="McpServerResourceAttribute"/>. They may take an <see cref="ISessionContext"/>.
/// </summary>
public sealed class CatalogueBuilder
{
    private const BindingFlags Members =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly IServiceProvider _application;

    internal CatalogueBuilder(IServiceProvider application)
    {
        _application = application;
        Services = new CreationServices(application);
    }

    /// <summary>What to pass as <c>Services</c> in create options, so that parameters such as <see cref="ISessionContext"/> are injected.</summary>
    public IServiceProvider Services { get; }

    internal List<McpServerTool> Tools { get; } = [];

    internal List<McpServerPrompt> Prompts { get; } = [];

    internal List<McpServerResource> Resources { get; } = [];

    internal Func<RequestContext<CompleteRequestParams>, CancellationToken, ValueTask<CompleteResult>>? CompleteHandler { get; private set; }

    internal Implementation Server { get; private set; } = new() { Name = "OrleansMcp", Version = "0.1.0" };

    internal string? InstructionText { get; private set; }

    internal TimeSpan TimeToLive { get; private set; } = TimeSpan.FromMinutes(1);

    internal CacheScope Scope { get; private set; } = CacheScope.Private;

    /// <summary>Adds the tool methods of a type; instances come from the services of the application.</summary>
    public CatalogueBuilder AddTools<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
    {
        foreach (var method in Methods<T, McpServerToolAttribute>())
        {
            var options = new McpServerToolCreateOptions { Services = Services };
            Tools.Add(method.IsStatic
                ? McpServerTool.Create(method, target: null, options)
                : McpServerTool.Create(method, _ => Instance<T>(), options));
        }

        return this;
    }

    /// <summary>Adds the tools <c>records_*</c>.</summary>
    public CatalogueBuilder AddRecords() => AddTools<RecordTools>();

    /// <summary>Adds one tool.</summary>
    public CatalogueBuilder AddTool(McpServerTool tool)
    {
        Tools.Add(tool);
        return this;
    }

    /// <summary>Adds the prompt methods of a type.</summary>
    public CatalogueBuilder AddPrompts<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
    {
        foreach (var method in Methods<T, McpServerPromptAttribute>())
        {
            var options = new McpServerPromptCreateOptions { Services = Services };
            Prompts.Add(method.IsStatic
                ? McpServerPrompt.Create(method, target: null, options)
                : McpServerPrompt.Create(method, _ => Instance<T>(), options));
        }

        return this;
    }

    /// <summary>Adds the resource methods of a type.</summary>
    public CatalogueBuilder AddResources<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>()
    {
        foreach (var method in Methods<T, McpServerResourceAttribute>())
        {
            var options = new McpServerResourceCreateOptions { Services = Services };
            Resources.Add(method.IsStatic
                ? McpServerResource.Create(method, target: null, options)
                : McpServerResource.Create(method, _ => Instance<T>(), options));
        }

        return this;
    }

    /// <summary>Answers <c>completion/complete</c>; allowed values declared on parameters are added by themselves.</summary>
    public CatalogueBuilder OnComplete(Func<RequestContext<CompleteRequestParams>, CancellationToken, ValueTask<CompleteResult>> handler)
    {
        CompleteHandler = handler;
        return this;
    }

    /// <summary>Names the server to clients.</summary>
    public CatalogueBuilder ServerInfo(string name, string version)
    {
        Server = new Implementation { Name = name, Version = version };
        return this;
    }

    /// <summary>Instructions for the model on how to use the server.</summary>
    public CatalogueBuilder Instructions(string text)
    {
        InstructionText = text;
        return this;
    }

    /// <summary>
    /// How long, and by whom, clients of 2026-07-28 may cache lists and resources (utilities/caching). Default: one minute, private to
    /// the user. A hint to clients, never access control.
    /// </summary>
    public CatalogueBuilder CacheFor(TimeSpan ttl, CacheScope scope)
    {
        (TimeToLive, Scope) = (ttl, scope);
        return this;
    }

    internal Catalogue Build() => new(this);

    private static IEnumerable<MethodInfo> Methods<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T, TAttribute>() where TAttribute : Attribute =>
        typeof(T).GetMethods(Members).Where(method => method.GetCustomAttribute<TAttribute>() is not null);

    private object Instance<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>() =>
        ActivatorUtilities.GetServiceOrCreateInstance(_application, typeof(T));

    /// <summary>The application's services and the ones that exist only while a request runs.</summary>
    private sealed class CreationServices(IServiceProvider application) : IServiceProvider, IServiceProviderIsService
    {
        private readonly IServiceProviderIsService? _known = application.GetService<IServiceProviderIsService>();

        public object? GetService(Type serviceType) =>
            serviceType == typeof(IServiceProviderIsService) ? this : application.GetService(serviceType);

        public bool IsService(Type serviceType) =>
            CallServices.IsOfCall(serviceType) || _known?.IsService(serviceType) == true;
    }
}

/// <summary>Adds to the catalogue from anywhere in the composition of a host; all registered instances are asked.</summary>
public interface IConfigureCatalogue
{
    /// <summary>Adds what it has.</summary>
    void Configure(CatalogueBuilder catalogue);
}
