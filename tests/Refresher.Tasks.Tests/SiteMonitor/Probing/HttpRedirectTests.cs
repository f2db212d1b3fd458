using System.Collections.Concurrent;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Where redirects lead, and where not.</summary>
public sealed class HttpRedirectTests : IDisposable
{
    private readonly ProberUnderTest _prober = new();

    [Fact]
    public async Task A_redirect_is_followed_and_phases_add_up()
    {
        await using var site = FakeSite.Start(call => call.Path == "/" ? call.RedirectAsync("/there#part") : call.AnswerAsync("here"));

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { MustMatch = "here" });

        Assert.Equal((CheckStatus.Up, 200, 2), (seen.Status, seen.StatusCode, site.Calls));
    }

    [Fact]
    public async Task A_redirect_is_the_answer_when_none_is_to_be_followed()
    {
        await using var site = FakeSite.Start(call => call.RedirectAsync("/there"));

        var refused = await _prober.HttpAsync(site.Url, new HttpCheck { MaxRedirects = 0 });
        var expected = await _prober.HttpAsync(site.Url, new HttpCheck { MaxRedirects = 0, StatusCodes = "301,302" });

        Assert.Equal((CheckFault.Status, "status 302 As said, expected 200-299"), (refused.Fault, refused.Error));
        Assert.Equal(CheckStatus.Up, expected.Status);
    }

    [Fact]
    public async Task Redirects_without_an_end_are_left()
    {
        await using var circle = FakeSite.Start(call => call.RedirectAsync(call.Path == "/" ? "/b" : "/"));
        await using var chain = FakeSite.Start(call => call.RedirectAsync($"/{call.Number}"));

        var round = await _prober.HttpAsync(circle.Url);
        var far = await _prober.HttpAsync(chain.Url, new HttpCheck { MaxRedirects = 5 });

        Assert.Equal((CheckStatus.Down, CheckFault.Redirects, $"the redirects lead in a circle, back to {circle.Url}"), (round.Status, round.Fault, round.Error));
        Assert.Equal((CheckFault.Redirects, $"more than 5 redirects; the next leads to {chain.Url}6", 6), (far.Fault, far.Error, chain.Calls));
    }

    [Theory]
    [InlineData("ftp://example.com/", "a redirect leads to what is no web address: ftp://example.com/")]
    [InlineData("http://", "a redirect leads to what is no web address: http://")]
    public async Task A_redirect_to_what_cannot_be_asked_is_a_fault(string to, string words)
    {
        await using var site = FakeSite.Start(call => call.RedirectAsync(to));

        var seen = await _prober.HttpAsync(site.Url);

        Assert.Equal((CheckFault.Redirects, words), (seen.Fault, seen.Error));
    }

    [Fact]
    public async Task A_redirect_does_not_lead_from_https_to_http()
    {
        using var certificate = SelfSigned.Certificate();
        await using var site = FakeSite.Start(call => call.RedirectAsync("http://127.0.0.1/"), certificate);

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { VerifyTls = false });

        Assert.Equal((CheckFault.Redirects, "a redirect leads from https to http: http://127.0.0.1/"), (seen.Fault, seen.Error));
    }

    [Fact]
    public async Task What_may_be_secret_stays_with_its_host()
    {
        var heads = new ConcurrentDictionary<string, string>();
        await using var other = FakeSite.Start(call =>
        {
            heads["other"] = call.Head;
            return call.AnswerAsync("ok");
        });
        await using var site = FakeSite.Start(call =>
        {
            heads[call.Path] = call.Head;
            return call.RedirectAsync(call.Path == "/" ? "/same" : other.Url.ToString());
        });

        await _prober.HttpAsync(site.Url, new HttpCheck { Headers = ["X-Key: k", "Accept-Language: de"], Secret = "token" });

        Assert.All(["X-Key: k", "Accept-Language: de", "Authorization: Bearer token"], line => Assert.Contains(line, heads["/same"], StringComparison.Ordinal));
        Assert.All(["X-Key", "Authorization", "token"], line => Assert.DoesNotContain(line, heads["other"], StringComparison.Ordinal));
        Assert.Contains("Accept-Language: de", heads["other"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(302, "GET")]
    [InlineData(303, "GET")]
    [InlineData(307, "POST")]
    [InlineData(308, "POST")]
    public async Task A_post_becomes_a_get_where_the_status_says_so(int status, string method)
    {
        var second = "";
        await using var site = FakeSite.Start(call =>
        {
            second = call.Head.Split(' ')[0];
            return call.Path == "/" ? call.RedirectAsync("/next", status) : call.AnswerAsync("ok");
        });

        var seen = await _prober.HttpAsync(site.Url, new HttpCheck { Method = "POST", Body = "{}" });

        Assert.Equal((CheckStatus.Up, method), (seen.Status, second));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/", "169.254.169.254 leads to 169.254.169.254, which is not called: it belongs to a cloud's metadata service")]
    [InlineData("http://metadata.example/", "metadata.example leads to 169.254.169.254, which is not called: it belongs to a cloud's metadata service")]
    [InlineData("http://[::ffff:169.254.169.254]/", "leads to ::ffff:169.254.169.254, which is not called: it belongs to a cloud's metadata service")]
    public async Task Addresses_of_metadata_services_are_not_called_by_redirects_or_names(string target, string words)
    {
        await using var names = FakeNameServer.Start(question => question.Type == 1 ? question.Answer((1, [169, 254, 169, 254])) : question.Answer());
        using var prober = ProberUnderTest.WithNameServer(names.Address);
        await using var site = FakeSite.Start(call => call.RedirectAsync(target));

        foreach (var first in new[] { new Uri(target), site.Url })
        {
            var seen = await prober.HttpAsync(first);

            Assert.Equal((CheckStatus.Down, CheckFault.Forbidden), (seen.Status, seen.Fault));
            Assert.EndsWith(words, seen.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Private_networks_are_not_called_where_the_operator_says_so()
    {
        using var prober = new ProberUnderTest(("Access:Outbound:PrivateNetworks", "false"));
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"));

        var web = await prober.HttpAsync(site.Url);
        var tcp = await prober.CheckAsync(new CheckSpec { Kind = SiteKind.Tcp, Target = $"localhost:{site.Port}" });
        var dns = await prober.CheckAsync(new CheckSpec { Kind = SiteKind.Dns, Target = "example.com", Dns = new DnsCheck { Server = "127.0.0.1" } });

        Assert.All([web, tcp, dns], seen => Assert.Equal(CheckFault.Forbidden, seen.Fault));
        Assert.Equal(0, site.Calls);
    }

    public void Dispose() => _prober.Dispose();
}
