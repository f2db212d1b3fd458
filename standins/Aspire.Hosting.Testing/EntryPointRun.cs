// Stand-in for Aspire.Hosting.Testing: one run of an AppHost's entry point, held at Build().
using System.Reflection;

namespace Aspire.Hosting.Testing;

/// <summary>Runs the entry point on a thread of its own, stops it before and after <c>Build()</c>, and lets it go no further.</summary>
internal sealed class EntryPointRun(Assembly appHost) : IBuilderObserver, IAsyncDisposable
{
    private readonly TaskCompletionSource<IDistributedApplicationBuilder> _described = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayBuild = new();
    private readonly TemporaryState _state = new();
    private bool _given;

    public IReadOnlyList<string> Arguments { get; private set; } = [];

    public IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("DcpPublisher:RandomizePorts", "true"),
        new("Logs:Quiet", "true"),
        new("state", _state.Path),
    ];

    public Task<IDistributedApplicationBuilder> DescribeAsync(string[] args, CancellationToken cancel)
    {
        Arguments = args;
        var entryPoint = appHost.EntryPoint ?? throw new InvalidOperationException($"{appHost.GetName().Name} has no entry point.");
        var thread = new Thread(() => Run(entryPoint, args)) { IsBackground = true, Name = appHost.GetName().Name + ".EntryPoint" };
        thread.Start();
        return _described.Task.WaitAsync(cancel);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancel)
    {
        _given = true;
        _mayBuild.Set();
        return await _built.Task.WaitAsync(cancel);
    }

    void IBuilderObserver.Building(DistributedApplicationBuilder builder)
    {
        _described.TrySetResult(builder);
        _mayBuild.Wait();
        if (!_given)
        {
            throw new EntryPointHeldException();
        }
    }

    void IBuilderObserver.Built(DistributedApplication application)
    {
        _built.TrySetResult(application);
        throw new EntryPointHeldException();
    }

    public async ValueTask DisposeAsync()
    {
        _mayBuild.Set();
        if (_built.Task.IsCompletedSuccessfully)
        {
            await (await _built.Task).DisposeAsync();
        }

        _state.Delete();
    }

    private void Run(MethodInfo entryPoint, string[] args)
    {
        DistributedApplicationBuilder.Observer.Value = this;
        try
        {
            entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? [] : [args]);
            Fail(new InvalidOperationException("The entry point exited without building a DistributedApplication."));
        }
        catch (TargetInvocationException e) when (e.InnerException is EntryPointHeldException)
        {
            // As intended: the test goes on from here.
        }
        catch (TargetInvocationException e)
        {
            Fail(e.InnerException ?? e);
        }
    }

    private void Fail(Exception e)
    {
        _described.TrySetException(e);
        _built.TrySetException(e);
    }

    private sealed class EntryPointHeldException : Exception;
}
