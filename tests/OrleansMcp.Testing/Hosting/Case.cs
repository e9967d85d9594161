namespace OrleansMcp.Tests.Hosting;

/// <summary>One of the cases that a test walks on one server: a failure says which it was.</summary>
internal static class Case
{
    public static async Task OfAsync(string name, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception e)
        {
            throw new CaseFailedException($"In the case '{name}': {e.Message}", e);
        }
    }

    private sealed class CaseFailedException(string message, Exception inner) : Exception(message, inner);
}
