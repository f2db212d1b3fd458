// Stand-in for Aspire.Hosting.Testing: runs the real entry point of an AppHost up to Build().
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Makes a system from an AppHost's own program: ports are random, its state is in a temporary folder.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <typeparam name="TEntryPoint">A class of the AppHost's assembly: <c>Projects.The_AppHost</c>.</typeparam>
    /// <param name="args">The AppHost's arguments.</param>
    /// <param name="cancellationToken">Ends the wait for the entry point.</param>
    /// <exception cref="InvalidOperationException">The entry point ended without building an application.</exception>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class
    {
        await TemporaryState.SweepAsync();
        var run = new EntryPointRun(typeof(TEntryPoint).Assembly);
        try
        {
            return new TestingBuilder(run, await run.DescribeAsync(args, cancellationToken));
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    private sealed class TestingBuilder(EntryPointRun run, IDistributedApplicationBuilder inner) : IDistributedApplicationTestingBuilder
    {
        public ConfigurationManager Configuration => inner.Configuration;

        public string AppHostDirectory => inner.AppHostDirectory;

        public Assembly? AppHostAssembly => inner.AppHostAssembly;

        public IHostEnvironment Environment => inner.Environment;

        public IServiceCollection Services => inner.Services;

        public IDistributedApplicationEventing Eventing => inner.Eventing;

        public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

        public IResourceCollection Resources => inner.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => BuildAsync().GetAwaiter().GetResult();

        public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => run.BuildAsync(cancellationToken);

        public ValueTask DisposeAsync() => run.DisposeAsync();
    }
}
