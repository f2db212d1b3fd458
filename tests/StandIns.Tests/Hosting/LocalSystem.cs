using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace StandIns.Tests.Hosting;

/// <summary>A system of small shell programs, with its state in a folder of its own.</summary>
internal sealed class LocalSystem : IAsyncDisposable
{
    private readonly IDistributedApplicationBuilder _builder;
    private DistributedApplication? _app;

    public LocalSystem() => _builder = DistributedApplication.CreateBuilder(["--state", Folder.FullName, "--Logs:Quiet=true"]);

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("refresher-local-");

    public DistributedApplication App => _app ??= _builder.Build();

    public IResourceBuilder<ExecutableResource> Add(string name, string script) => _builder.AddExecutable(name, "/bin/sh", Folder.FullName, "-c", script);

    public IResourceBuilder<ExecutableResource> AddProgram(string name, string command) => _builder.AddExecutable(name, command, Folder.FullName);

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder.FullName, file));

    /// <summary>Waits until the file has content, and gives it.</summary>
    public async Task<string> WrittenAsync(string file)
    {
        var path = Path.Combine(Folder.FullName, file);
        await Until.TrueAsync(() => File.Exists(path) && new FileInfo(path).Length > 0, $"{file} is written");
        return Read(file).Trim();
    }

    public async Task<int> PidInAsync(string file) => int.Parse(await WrittenAsync(file), CultureInfo.InvariantCulture);

    public Task<ResourceEvent> StateAsync(string resource, string state) =>
        App.ResourceNotifications.WaitForResourceAsync(resource, e => e.Snapshot.State?.Text == state, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Folder.Delete(recursive: true);
    }
}

internal static class Until
{
    /// <exception cref="TimeoutException">It did not become true within a minute.</exception>
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"Not in a minute: {what}");
            }

            await Task.Delay(20);
        }
    }
}
