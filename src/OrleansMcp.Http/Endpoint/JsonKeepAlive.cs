using OrleansMcp.Configuration;
using OrleansMcp.Http.Responses;
using OrleansMcp.Sessions;

namespace OrleansMcp.Http.Endpoint;

/// <summary>
/// Keeps the connection of a client that reads no streams from looking idle while its request runs, so that no proxy closes it: white space before
/// the JSON as often as a stream has comments.
/// </summary>
internal sealed class JsonKeepAlive(IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>Waits for the reply to a post.</summary>
    public ValueTask<SessionReply> WaitAsync(Post post, ValueTask<SessionReply> reply) =>
        post.Accepts.Stream || reply.IsCompleted ? reply : WaitLongAsync(post, reply.AsTask());

    private async ValueTask<SessionReply> WaitLongAsync(Post post, Task<SessionReply> reply)
    {
        while (true)
        {
            using var awake = new CancellationTokenSource();
            var quiet = Task.Delay(configuration.Current.Endpoint.KeepAlive, time, awake.Token);
            if (await Task.WhenAny(reply, quiet) == reply)
            {
                await awake.CancelAsync();
                return await reply;
            }

            if (!post.Aborted.IsCancellationRequested) // Otherwise nobody reads, and the call itself decides whether it goes on.
            {
                await BegunJson.WriteAsync(post.Context);
            }
        }
    }
}
