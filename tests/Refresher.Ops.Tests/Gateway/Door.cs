using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Refresher.Testing;

namespace Refresher.Ops.Tests.Gateway;

/// <summary>The gateway as <c>infra/gateway/Caddyfile</c> sets it up, on ports of the loopback, with an authority of its own.</summary>
internal sealed class Door : IAsyncDisposable
{
    public const string Domain = "refresher.test";

    private readonly DirectoryInfo _folder;
    private readonly int _http;
    private readonly int _https;
    private LocalProgram _caddy = null!;
    private Authority _authority = null!;
    private X509Certificate2 _root = null!;

    private Door(DirectoryInfo folder, int http, int https) => (_folder, _http, _https) = (folder, http, https);

    public string Log => _caddy.Log;

    public int Id => _caddy.Id;

    /// <summary>Starts it, and waits until each name has a certificate.</summary>
    public static async Task<Door> OpenAsync(Uri web, Uri api)
    {
        var door = new Door(Directory.CreateTempSubdirectory("refresher-gateway-"), FreePort.Next(), FreePort.Next());
        door._authority = await Authority.StartAsync(door._folder.FullName, door._http, door._https);
        door._root = await Eventually.SeeAsync(() => OrNullAsync(door._authority.RootAsync), root => root is not null, seconds: 180) ?? throw new InvalidOperationException();
        door._caddy = LocalProgram.Start("caddy", ["run", "--config", Repository.PathOf("infra/gateway/Caddyfile"), "--adapter", "caddyfile"], new Dictionary<string, string>
        {
            ["XDG_DATA_HOME"] = Path.Combine(door._folder.FullName, "data"),
            ["XDG_CONFIG_HOME"] = Path.Combine(door._folder.FullName, "config"),
            ["SSL_CERT_FILE"] = door._authority.OwnCertificate,
            ["CADDY_ADMIN"] = $"127.0.0.1:{FreePort.Next()}",
            ["DOMAIN"] = Domain,
            ["ACME_EMAIL"] = "operator@" + Domain,
            ["ACME_CA"] = door._authority.Directory,
            ["ACME_LOOK_EVERY"] = "1s",
            ["HTTP_PORT"] = $"{door._http}",
            ["HTTPS_PORT"] = $"{door._https}",
            ["GATEWAY_HEALTH_PORT"] = $"{FreePort.Next()}",
            ["WEB"] = web.Authority,
            ["API"] = api.Authority,
        });
        foreach (var name in new[] { "admin", "api", "status" })
        {
            await Eventually.SeeAsync(() => OrNullAsync(() => door.SerialAsync(name)), serial => serial is not null, seconds: 240);
        }

        return door;
    }

    /// <summary>A client that believes the authority and nobody else, and finds every name on the loopback.</summary>
    public HttpClient Client(string name) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = ConnectAsync,
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors) },
    })
    { BaseAddress = new Uri($"https://{name}.{Domain}/"), Timeout = TimeSpan.FromMinutes(3) };

    /// <summary>The serial number of the certificate that is shown for a name.</summary>
    public async Task<string?> SerialAsync(string name)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _https);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors));
        await tls.AuthenticateAsClientAsync($"{name}.{Domain}");
        return tls.RemoteCertificate?.GetSerialNumberString();
    }

    public async ValueTask DisposeAsync()
    {
        await _caddy.DisposeAsync();
        await _authority.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> look)
        where T : class?
    {
        try
        {
            return await look();
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port == 443 ? _https : _http, cancel);
        return client.GetStream();
    }

    private bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(new X509Certificate2(certificate));
    }
}
