using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SpeedTest;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class SpeedTestNoticeTests
{
    [Theory]
    [InlineData(false, null, true)]
    [InlineData(true, null, false)]
    [InlineData(false, "https://speed.example.org/backend", false)]
    public void A_server_is_asked_for_where_a_test_needs_one_and_none_is_configured(bool selfTest, string? configured, bool asked)
    {
        SpeedServer[] servers = configured is null ? [] : [new SpeedServer { Url = new Uri(configured) }];
        using var services = new ServiceCollection()
            .AddSingleton<Microsoft.Extensions.Options.IOptionsMonitor<SpeedTestSettings>>(new Fixed(new SpeedTestSettings { Servers = servers }))
            .BuildServiceProvider();

        var notice = SpeedTestTask.NoticeFor([new SpeedTestOptions { SelfTest = selfTest }], services);

        Assert.Equal(asked, notice?.Copy.Any(snippet => snippet.Code.Contains("SpeedTest__Servers__0__Url", StringComparison.Ordinal)) ?? false);
    }

    private sealed class Fixed(SpeedTestSettings settings) : Microsoft.Extensions.Options.IOptionsMonitor<SpeedTestSettings>
    {
        public SpeedTestSettings CurrentValue => settings;

        public SpeedTestSettings Get(string? name) => settings;

        public IDisposable? OnChange(Action<SpeedTestSettings, string?> listener) => null;
    }
}
