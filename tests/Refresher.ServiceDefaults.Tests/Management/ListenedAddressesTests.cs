using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Refresher.ServiceDefaults.Management;

namespace Refresher.ServiceDefaults.Tests.Management;

/// <summary>Which addresses the server is told to bind; nothing is bound here.</summary>
public sealed class ListenedAddressesTests
{
    [Theory]
    [InlineData("http://a:1;http://b:2", "", "", "http://a:1 http://b:2 http://127.0.0.1:9100")]
    [InlineData("", "8080;8090", "8443", "http://*:8080 http://*:8090 https://*:8443 http://127.0.0.1:9100")]
    [InlineData("http://a:1", "8080", "", "http://a:1 http://127.0.0.1:9100")]
    [InlineData("", "", "", "http://127.0.0.1:9100")]
    public async Task The_port_comes_after_what_the_server_would_listen_on_anyway(string urls, string httpPorts, string httpsPorts, string expected)
    {
        var addresses = await Started(new ManagementOptions { Port = 9100 }, urls, httpPorts, httpsPorts);

        Assert.Equal(expected, string.Join(' ', addresses));
    }

    [Fact]
    public async Task The_interface_can_be_chosen()
    {
        Assert.Equal(["http://*:9100"], await Started(new ManagementOptions { Port = 9100, Address = "*" }));
    }

    [Fact]
    public async Task Without_a_port_the_servers_own_ways_are_left_alone()
    {
        Assert.Empty(await Started(new ManagementOptions(), "http://a:1"));
    }

    private static async Task<ICollection<string>> Started(ManagementOptions options, string urls = "", string httpPorts = "", string httpsPorts = "")
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("urls", urls), new("http_ports", httpPorts), new("https_ports", httpsPorts)])
            .Build();
        using var server = new NoServer();
        IHostedLifecycleService port = new ManagementPort(Options.Create(options), server, configuration);

        await port.StartingAsync(CancellationToken.None);

        return server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
    }

    private sealed class NoServer : IServer
    {
        public NoServer() => Features.Set<IServerAddressesFeature>(new ServerAddressesFeature());

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
