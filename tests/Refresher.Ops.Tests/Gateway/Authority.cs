using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Refresher.Testing;

namespace Refresher.Ops.Tests.Gateway;

/// <summary>An ACME authority on the loopback: pebble, with a name server that knows every name as 127.0.0.1. Its certificates live for a minute.</summary>
internal sealed class Authority : IAsyncDisposable
{
    private readonly LocalProgram _names;
    private readonly LocalProgram _pebble;
    private readonly int _management;

    private Authority(LocalProgram names, LocalProgram pebble, int port, int management, string ownCertificate) =>
        (_names, _pebble, _management, Directory, OwnCertificate) = (names, pebble, management, $"https://127.0.0.1:{port}/dir", ownCertificate);

    /// <summary>What <c>ACME_CA</c> is set to.</summary>
    public string Directory { get; }

    /// <summary>A file with the certificate that its own end points show.</summary>
    public string OwnCertificate { get; }

    public string Log => _pebble.Log;

    /// <param name="httpPort">Where it looks for the answers to its questions, since it cannot use 80.</param>
    /// <param name="tlsPort">The same instead of 443.</param>
    public static async Task<Authority> StartAsync(string folder, int httpPort, int tlsPort)
    {
        var (port, management, names, namesManagement) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        var certificate = WriteCertificate(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "pebble.json"), JsonSerializer.Serialize(new
        {
            pebble = new
            {
                listenAddress = $"127.0.0.1:{port}",
                managementListenAddress = $"127.0.0.1:{management}",
                certificate,
                privateKey = Path.ChangeExtension(certificate, ".key"),
                httpPort,
                tlsPort,
                certificateValidityPeriod = 60,
            },
        }));
        var nameServer = LocalProgram.Start(
            "pebble-challtestsrv",
            ["-dns01", $"127.0.0.1:{names}", "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", $"127.0.0.1:{namesManagement}", "-defaultIPv6", ""]);
        var pebble = LocalProgram.Start(
            "pebble",
            ["-config", Path.Combine(folder, "pebble.json"), "-dnsserver", $"127.0.0.1:{names}"],
            new Dictionary<string, string> { ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_WFE_NONCEREJECT"] = "0" });
        return new Authority(nameServer, pebble, port, management, certificate);
    }

    /// <summary>The root that its certificates lead to; made anew at each start.</summary>
    public async Task<X509Certificate2> RootAsync()
    {
        using var own = X509CertificateLoader.LoadCertificateFromFile(OwnCertificate);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(own.RawData) } });
        return X509Certificate2.CreateFromPem(await client.GetStringAsync($"https://127.0.0.1:{_management}/roots/0"));
    }

    public async ValueTask DisposeAsync()
    {
        await _pebble.DisposeAsync();
        await _names.DisposeAsync();
    }

    private static string WriteCertificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority of a test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(folder, "authority.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(Path.ChangeExtension(path, ".key"), key.ExportPkcs8PrivateKeyPem());
        return path;
    }
}
