// Stand-in for Aspire.Hosting.Testing: an AppHost's system, described and not yet built.
namespace Aspire.Hosting.Testing;

/// <summary>The system as the AppHost described it; a test may change it before it builds it. Disposing of it removes its local state.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    /// <summary>Makes the application, which is not started.</summary>
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}
