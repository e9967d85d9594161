using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Records.Tools;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tools;

/// <summary>Tools of this project for the SDK's builder.</summary>
public static class OfferedTools
{
    /// <summary>Offers the tools <c>records_*</c>. A client needs <c>records:NAMESPACE:read</c> and <c>:write</c> for what it is to reach there.</summary>
    public static IMcpServerBuilder WithRecords(this IMcpServerBuilder builder) => builder.WithTools<RecordTools>();

    /// <summary>
    /// Offers <c>toollog_recent</c>. A client needs <c>tool:toollog_recent</c> to call it and <c>toollog:TOOL</c> for what it is to see there.
    /// </summary>
    public static IMcpServerBuilder WithToolLog(this IMcpServerBuilder builder) => builder.WithTools<ToolLogTools>();
}
