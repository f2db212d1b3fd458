using System.Net;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class EchoLossTests
{
    private static readonly AddressGuard s_guard = new(Options.Create(new AddressGuardOptions()));

    public static TheoryData<string> Here => ["127.0.0.1", "::ffff:127.0.0.1", "::1"];

    /// <summary>What a process may send is the machine's affair (icmp(7)); where it may, the loopback loses nothing.</summary>
    [Theory]
    [MemberData(nameof(Here))]
    public async Task Nothing_is_lost_on_the_way_to_oneself(string address)
    {
        using var socket = s_guard.OpenIcmp(IPAddress.Parse(address) is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : IPAddress.Parse(address));

        var counted = await EchoLoss.MeasureAsync(s_guard, IPAddress.Parse(address), TimeProvider.System, default);

        Assert.Equal(socket is null ? null : new EchoCount(100, 0), counted);
    }

    [Fact]
    public async Task From_an_interface_it_goes_by_that_interface()
    {
        var guard = s_guard.From(LocalEnd.Find("lo"));
        using var socket = guard.OpenIcmp(IPAddress.Loopback);

        Assert.Equal(socket is null ? null : new EchoCount(100, 0), await EchoLoss.MeasureAsync(guard, IPAddress.Loopback, TimeProvider.System, default));
    }

    [Fact]
    public async Task An_address_that_may_not_be_called_is_not() =>
        await Assert.ThrowsAsync<AddressRefusedException>(() => EchoLoss.MeasureAsync(s_guard, IPAddress.Parse("169.254.169.254"), TimeProvider.System, default));
}
