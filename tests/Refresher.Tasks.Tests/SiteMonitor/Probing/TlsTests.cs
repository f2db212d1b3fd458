using Microsoft.AspNetCore.Http;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Certificates and the handshake; HTTP/2, which is agreed in it.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ProberUnderTest _prober = new();

    public static TheoryData<string, int, int, string> Refused => new()
    {
        { "localhost", -10, 10, "the certificate is self-signed" },
        { "localhost", -10, -2, "the certificate expired on {until} UTC" },
        { "localhost", 2, 10, "the certificate is not valid before {from} UTC" },
        { "other.example", -10, 10, "the certificate is not for 127.0.0.1 but for other.example" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_certificate_that_is_not_valid_is_refused_with_the_reason_and_its_expiry_is_known(string name, int from, int until, string words)
    {
        using var certificate = SelfSigned.Certificate(name, Now.AddDays(from), Now.AddDays(until));
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"), certificate);

        var seen = await _prober.HttpAsync(site.Url);

        Assert.Equal((CheckStatus.Down, CheckFault.Tls), (seen.Status, seen.Fault));
        Assert.Equal(words.Replace("{until}", $"{Now.AddDays(until):yyyy-MM-dd HH:mm}", StringComparison.Ordinal).Replace("{from}", $"{Now.AddDays(from):yyyy-MM-dd HH:mm}", StringComparison.Ordinal), seen.Error);
        Assert.Equal(Now.AddDays(until).ToUnixTimeSeconds(), seen.CertificateExpiresAt!.Value.ToUnixTimeSeconds());
        Assert.True(seen is { TlsMs: > 0, FirstByteMs: null });
    }

    [Fact]
    public async Task A_certificate_of_a_trusted_authority_is_taken_and_of_another_one_is_not()
    {
        var (certificate, authority) = SelfSigned.Issued();
        using var _ = certificate;
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"), certificate);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, authority);
            using var trusting = new ProberUnderTest(("SiteMonitor:Probing:TrustedAuthorities", file));

            var taken = await trusting.HttpAsync(site.Url);
            var again = await trusting.HttpAsync(site.Url);
            var otherName = await trusting.HttpAsync(new Uri($"https://other.localhost:{site.Port}/"));
            var refused = await _prober.HttpAsync(site.Url);

            Assert.All([taken, again], seen => Assert.Equal((CheckStatus.Up, null), (seen.Status, seen.Error)));
            Assert.Equal("the certificate is not for other.localhost but for localhost, 127.0.0.1", otherName.Error);
            Assert.Equal((CheckFault.Tls, "the certificate was issued by Test authority, which this machine does not trust"), (refused.Fault, refused.Error));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_certificate_that_is_not_verified_is_no_fault_and_its_expiry_is_known()
    {
        using var certificate = SelfSigned.Certificate("other.example", Now.AddDays(-10), Now.AddDays(3));
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"), certificate);

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { VerifyTls = false });

        Assert.Equal((CheckStatus.Up, 200), (seen.Status, seen.StatusCode));
        Assert.Equal(Now.AddDays(3).ToUnixTimeSeconds(), seen.CertificateExpiresAt!.Value.ToUnixTimeSeconds());
        Assert.True(seen is { ConnectMs: > 0, TlsMs: > 0, FirstByteMs: > 0 });
    }

    [Fact]
    public async Task A_server_without_TLS_says_so()
    {
        await using var plain = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("ok"));
        await using var closing = FakeSite.Start(call => Task.CompletedTask);

        var seen = await _prober.HttpAsync(new Uri($"https://127.0.0.1:{plain.Url.Port}/"));

        Assert.Equal((CheckFault.Tls, "the server does not speak TLS"), (seen.Fault, seen.Error));
    }

    [Fact]
    public async Task A_handshake_that_does_not_end_is_out_of_time()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();

        var seen = await _prober.HttpAsync(new Uri($"https://{silent.LocalEndpoint}/"), seconds: 0.3);

        Assert.Equal((CheckFault.Timeout, $"no answer within 300 ms: the TLS handshake with {silent.LocalEndpoint} did not end"), (seen.Fault, seen.Error));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HTTP_2_is_spoken_where_the_check_asks_for_it(bool withBody)
    {
        using var certificate = SelfSigned.Certificate();
        await using var server = await FakeHttpServer.StartAsync(
            async http =>
            {
                using var body = new StreamReader(http.Request.Body);
                await http.Response.WriteAsync($"{http.Request.Protocol} {http.Request.Method} {http.Request.Headers["X-One"]} {await body.ReadToEndAsync()}");
            },
            certificate);

        var seen = await _prober.HttpAsync(server.Url, new HttpCheck
        {
            Version = "2",
            VerifyTls = false,
            Method = withBody ? "POST" : "GET",
            Body = withBody ? "{}" : null,
            Headers = ["X-One: 1"],
            MustMatch = withBody ? @"^HTTP/2 POST 1 \{\}$" : "^HTTP/2 GET 1 $",
        });

        Assert.Equal((CheckStatus.Up, null, 200, true), (seen.Status, seen.Error, seen.StatusCode, seen.Matched));
        Assert.True(seen is { ConnectMs: > 0, TlsMs: > 0, FirstByteMs: > 0, TransferMs: > 0 });
    }

    [Fact]
    public async Task A_server_without_HTTP_2_says_so()
    {
        using var certificate = SelfSigned.Certificate();
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"), certificate);

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { Version = "2", VerifyTls = false });

        Assert.Equal((CheckStatus.Down, CheckFault.Protocol, "the server does not offer HTTP/2"), (seen.Status, seen.Fault, seen.Error));
    }

    public void Dispose() => _prober.Dispose();
}
