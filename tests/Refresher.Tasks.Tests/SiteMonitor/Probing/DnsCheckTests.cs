using System.Net;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>Checks of names: every type of record, answers that are not the expected ones, and servers that misbehave.</summary>
public sealed class DnsCheckTests : IDisposable
{
    private readonly ProberUnderTest _prober = new();

    public static TheoryData<string, int, byte[], string> Records => new()
    {
        { "A", 1, [192, 0, 2, 7], "192.0.2.7" },
        { "AAAA", 28, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:0DB8:0::1" },
        { "CNAME", 5, FakeQuestion.NameBytes("Target.example"), "target.EXAMPLE." },
        { "MX", 15, [0, 10, .. FakeQuestion.NameBytes("mail.example")], "10  mail.example." },
        { "MX", 15, [0, 10, .. FakeQuestion.NameBytes("mail.example")], "mail.example" },
        { "NS", 2, [3, (byte)'n', (byte)'s', (byte)'1', 0xC0, 12], "ns1.example.com" },
        { "TXT", 16, [.. FakeQuestion.Text("v=spf1 "), .. FakeQuestion.Text("-all")], "v=spf1 -all" },
        { "SOA", 6, [.. FakeQuestion.NameBytes("ns.example"), .. FakeQuestion.NameBytes("admin.example"), 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF], "ns.example. admin.example. 1 2 3 4 4294967295" },
        { "SRV", 33, [0, 1, 0, 2, 1, 187, .. FakeQuestion.NameBytes("host.example")], "1 2 443 host.example" },
        { "CAA", 257, [0, 5, .. "issue"u8, .. "letsencrypt.org"u8], "0 issue \"letsencrypt.org\"" },
    };

    [Theory]
    [MemberData(nameof(Records))]
    public async Task Every_type_of_record_is_understood(string record, int type, byte[] data, string expected)
    {
        await using var server = FakeNameServer.Start(question => question.Type == type ? question.Answer((type, data)) : null);

        var right = await CheckAsync(server, record, expected);
        var wrong = await CheckAsync(server, record, "other.example");

        Assert.Equal((CheckStatus.Up, null), (right.Status, right.Error));
        Assert.True(right is { DnsMs: > 0, Address: "127.0.0.1", ConnectMs: null });
        Assert.Equal((CheckStatus.Down, CheckFault.Dns), (wrong.Status, wrong.Fault));
        Assert.StartsWith("other.example is not among the answers: ", wrong.Error, StringComparison.Ordinal);
        Assert.StartsWith($"example.com {record} ", wrong.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_are_followed_to_the_records_asked_for()
    {
        await using var server = FakeNameServer.Start(question =>
        {
            // The alias' own record stands under another name, so it is written out here.
            var answer = question.Answer((5, FakeQuestion.NameBytes("edge.example")), (1, [192, 0, 2, 9]));
            byte[] renamed = [.. FakeQuestion.NameBytes("edge.example"), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
            return [.. answer[..^16], .. renamed];
        });

        Assert.Equal(CheckStatus.Up, (await CheckAsync(server, "A", "192.0.2.1")).Status);
        Assert.Equal(CheckStatus.Down, (await CheckAsync(server, "A", "192.0.2.9")).Status);
    }

    [Theory]
    [InlineData(2, "failed to find an answer for example.com (SERVFAIL)")]
    [InlineData(3, "says that there is no name example.com (NXDOMAIN)")]
    [InlineData(5, "refuses to answer for example.com (REFUSED)")]
    [InlineData(0, "example.com has no A record")]
    public async Task A_server_without_an_answer_says_why(int code, string words)
    {
        await using var server = FakeNameServer.Start(question => question.Fail(code));

        var seen = await CheckAsync(server, "A");

        Assert.Equal((CheckStatus.Down, CheckFault.Dns, code == 0 ? words : $"the name server {server.Address} {words}"), (seen.Status, seen.Fault, seen.Error));
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_is_asked_for_over_TCP()
    {
        var many = Enumerable.Range(0, 200).Select(n => (1, (byte[])[192, 0, 2, (byte)n])).ToArray();
        await using var server = FakeNameServer.Start(question => question.OverTcp ? question.Answer(many) : question.Cut());

        Assert.Equal(CheckStatus.Up, (await CheckAsync(server, "A", "192.0.2.0", "192.0.2.199")).Status);
    }

    [Fact]
    public async Task A_server_that_does_not_know_EDNS_is_asked_without()
    {
        await using var server = FakeNameServer.Start(question => question.Extended ? question.Fail(1) : question.Answer((1, [192, 0, 2, 1])));

        Assert.Equal(CheckStatus.Up, (await CheckAsync(server, "A", "192.0.2.1")).Status);
    }

    [Fact]
    public async Task Answers_to_other_questions_are_not_taken()
    {
        await using var server = FakeNameServer.Start(question => (question with { Id = (ushort)(question.Id + 1) }).Answer((1, [192, 0, 2, 1])));

        var seen = await CheckAsync(server, "A", seconds: 0.4);

        Assert.Equal((CheckFault.Timeout, $"no answer within 400 ms: the name server {server.Address} did not answer for example.com A"), (seen.Fault, seen.Error));
    }

    [Fact]
    public async Task A_question_that_is_lost_is_asked_again()
    {
        var asked = 0;
        await using var server = FakeNameServer.Start(question => Interlocked.Increment(ref asked) == 1 ? null : question.Answer((1, [192, 0, 2, 1])));

        Assert.Equal(CheckStatus.Up, (await CheckAsync(server, "A", seconds: 10)).Status);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Nobody_at_the_servers_address_refuses()
    {
        var port = FreePort.Next();

        var seen = await _prober.CheckAsync(new CheckSpec { Kind = SiteKind.Dns, Target = "example.com", Dns = new DnsCheck { Server = $"127.0.0.1:{port}" } });

        Assert.Equal((CheckFault.Refused, $"connection refused by the name server 127.0.0.1:{port}"), (seen.Fault, seen.Error));
    }

    public static TheoryData<string, byte[]> Malicious => new()
    {
        { "a name that points to itself", [0xC0, 29, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4] },
        { "a name that goes round", [1, (byte)'a', 0xC0, 29, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4] },
        { "a name that points forward", [0xC0, 60, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4] },
        { "a label of no kind", [0x80, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4] },
        { "a record beyond the end", [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 1] },
        { "an address of three bytes", [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 3, 1, 2, 3] },
        { "half a record", [0xC0, 12, 0, 1, 0] },
        { "nothing where a record was said", [] },
    };

    [Theory]
    [MemberData(nameof(Malicious))]
    public async Task A_malicious_answer_does_no_harm(string what, byte[] record)
    {
        await using var server = FakeNameServer.Start(question =>
        {
            var answer = question.Answer();
            answer[7] = 1;
            return [.. answer, .. record];
        });

        var seen = await CheckAsync(server, "A");

        Assert.True(seen.Fault == CheckFault.Protocol && seen.Error!.StartsWith($"the name server {server.Address} does not answer in DNS: ", StringComparison.Ordinal), $"{what}: {seen.Fault} {seen.Error}");
    }

    [Fact]
    public async Task Any_bytes_at_all_end_in_an_outcome()
    {
        var random = new Random(20261121);
        await using var server = FakeNameServer.Start(question =>
        {
            var answer = question.Answer((15, [0, 10, .. FakeQuestion.NameBytes("mail.example")]), (16, FakeQuestion.Text("text")), (1, [1, 2, 3, 4]));
            lock (random)
            {
                for (var i = random.Next(1, 6); i > 0; i--)
                {
                    answer[random.Next(2, answer.Length)] = (byte)random.Next(256);
                }

                return answer[..random.Next(12, answer.Length + 1)];
            }
        });

        for (var i = 0; i < 300; i++)
        {
            var seen = await CheckAsync(server, "MX", seconds: 0.1);
            Assert.NotEqual(CheckFault.Internal, seen.Fault);
        }
    }

    [Fact]
    public async Task Names_of_sites_are_resolved_by_the_machines_servers()
    {
        await using var site = FakeSite.Start(call => call.AnswerAsync("ok"));
        await using var server = FakeNameServer.Start(question => question is { Name: "web.example", Type: 1 } ? question.Answer((1, IPAddress.Loopback.GetAddressBytes())) : question.Fail(3));
        using var prober = ProberUnderTest.WithNameServer(server.Address);

        var seen = await prober.HttpAsync(new Uri($"http://web.example:{site.Port}/"));

        Assert.Equal((CheckStatus.Up, "127.0.0.1"), (seen.Status, seen.Address));
        Assert.True(seen.DnsMs > 0);
    }

    [Fact]
    public async Task A_silent_name_server_is_a_fault_of_names()
    {
        await using var server = FakeNameServer.Start(_ => null);
        using var prober = ProberUnderTest.WithNameServer(server.Address);

        var seen = await prober.HttpAsync(new Uri("http://web.example/"), seconds: 0.3);

        Assert.Equal((CheckFault.Dns, $"no answer within 300 ms: the name server {server.Address} did not answer for web.example"), (seen.Fault, seen.Error));
    }

    public void Dispose() => _prober.Dispose();

    private Task<CheckResult> CheckAsync(FakeNameServer server, string record, params string[] expected) => CheckAsync(server, record, 2, expected);

    private Task<CheckResult> CheckAsync(FakeNameServer server, string record, double seconds, params string[] expected) => _prober.CheckAsync(new CheckSpec
    {
        Kind = SiteKind.Dns,
        Target = "example.com",
        Timeout = TimeSpan.FromSeconds(seconds),
        Dns = new DnsCheck { Record = record, Expected = expected, Server = server.Address.ToString() },
    });
}
