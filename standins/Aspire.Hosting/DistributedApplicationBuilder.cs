// Stand-in for Aspire.Hosting: describes the system.
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Aspire.Hosting;

/// <summary>Lets tests step between an AppHost's description and its start; see the stand-in of Aspire.Hosting.Testing.</summary>
internal interface IBuilderObserver
{
    /// <summary>Settings that go before the AppHost's own.</summary>
    IEnumerable<KeyValuePair<string, string?>> Settings { get; }

    /// <summary>The arguments as the test wrote them. As in the package they are read after those that the entry point makes of them, so a flag without a value swallows the next.</summary>
    IReadOnlyList<string> Arguments { get; }

    /// <summary>The description is complete; returns when the application may be made.</summary>
    void Building(DistributedApplicationBuilder builder);

    void Built(DistributedApplication application);
}

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    internal static readonly AsyncLocal<IBuilderObserver?> Observer = new();
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationEventing _eventing = new();

    public DistributedApplicationBuilder(string[] args, Assembly appHost)
    {
        AppHostAssembly = appHost;
        AppHostDirectory = appHost.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "apphostprojectpath")?.Value
            ?? Directory.GetCurrentDirectory();
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = appHost.GetName().Name, ContentRootPath = AppHostDirectory });
        _host.Configuration.AddInMemoryCollection(Observer.Value?.Settings);
        _host.Configuration.AddCommandLine([.. args, .. Observer.Value?.Arguments ?? []], new Dictionary<string, string>
        {
            ["--operation"] = "AppHost:Operation",
            ["--publisher"] = "Publishing:Publisher",
        });
        RefusePublishing();

        State = new StateFolder(Configuration["state"] ?? Path.Combine(AppHostDirectory, "..", ".refresher"));
        Services.AddSingleton(new DistributedApplicationModel(Resources));
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton<IDistributedApplicationEventing>(_eventing);
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(State);
        Services.AddSingleton<Orchestrator>();
        Services.AddSingleton(services => new ResourceCommandService(services.GetRequiredService<Orchestrator>()));
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        Services.AddHttpClient();
        // Every service has its own grace; together they may need all of them.
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMinutes(3));
        _host.Logging.AddConsole(options => options.FormatterName = "line").AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        _host.Logging.AddFilter("System.Net.Http", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing => _eventing;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IResourceCollection Resources { get; } = new ResourceCollection();

    internal StateFolder State { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        var observer = Observer.Value;
        observer?.Building(this);
        var application = new DistributedApplication(_host.Build());
        observer?.Built(application);
        return application;
    }

    private void RefusePublishing()
    {
        if (Configuration["Publishing:Publisher"] is not null || string.Equals(Configuration["AppHost:Operation"], "publish", StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException("The core set of packages only runs the system. To publish it, build with the full set: -p:PackageSet=full");
        }
    }
}
