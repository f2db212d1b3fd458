using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Access.Users;

/// <summary>
/// Keeps in the audit who logged in and who failed to. Of failures a process keeps a hundred a minute: whoever guesses must not fill the
/// database. What was typed for a name is kept only when there is such a user, because people type passwords there.
/// </summary>
public sealed class LoginRecord(IServiceScopeFactory scopes) : IDisposable
{
    private const int FailuresPerMinute = 100;

    private readonly FixedWindowRateLimiter _failures = new(new() { PermitLimit = FailuresPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    /// <param name="with"><c>password</c>, <c>code</c> …: what the login ended with.</param>
    public Task SucceededAsync(RefresherUser user, string? address, string with, CancellationToken cancel) =>
        WriteAsync("login", user.UserName!, user.Id, user.UserName!, address, with, cancel);

    /// <param name="user">Null when there is none of the name that was typed.</param>
    public async Task FailedAsync(RefresherUser? user, string? address, string with, CancellationToken cancel)
    {
        using var lease = _failures.AttemptAcquire();
        if (lease.IsAcquired)
        {
            await WriteAsync("login.fail", null, user?.Id, user?.UserName ?? "an unknown user", address, with, cancel);
        }
    }

    public void Dispose() => _failures.Dispose();

    private async Task WriteAsync(string action, string? actor, Guid? userId, string userName, string? address, string with, CancellationToken cancel)
    {
        // A context of its own: nothing else of the login's is written with it.
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Actor>().Become(actor is null ? ActorKind.Visitor : ActorKind.User, actor ?? address ?? "somebody");
        var after = new JsonObject { ["with"] = with, ["from"] = address };
        scope.ServiceProvider.GetRequiredService<AuditLog>().Add(action, new AuditSubject("user", userId?.ToString() ?? "", userName), null, after);
        await scope.ServiceProvider.GetRequiredService<RefresherDb>().SaveChangesAsync(cancel);
    }
}
