using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Channels.Email;
using Refresher.Core.Alerts.Channels.Sms;
using Refresher.Core.Alerts.Channels.Webhook;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Rules;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;
using Refresher.Core.Watch;

namespace Refresher.Core.Alerts;

/// <summary>What alerts need: in every process to set them up and to try a channel, in workers to tell.</summary>
internal static class AlertServices
{
    public static IHostApplicationBuilder AddAlerts(this IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        var services = builder.Services;
        services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ConditionCatalog>().AddSingleton<ChannelHttp>().AddSingleton<ChannelKinds>().AddSingleton<ChannelSender>().AddSingleton<AlertWriter>();
        services.AddSingleton<ChannelKind, EmailChannel>().AddSingleton<ChannelKind, WebhookChannel>().AddSingleton<ChannelKind, AfricasTalkingChannel>().AddSingleton<ChannelKind, HttpSmsChannel>();
        services.AddScoped<ChannelCommands>().AddScoped<ChannelQueries>().AddScoped<RuleCommands>().AddScoped<RuleQueries>().AddScoped<DeliveryCommands>().AddScoped<DeliveryQueries>();
        services.AddScoped<IDigestSection, RunSection>().AddScoped<IDigestSection, FailingSection>().AddScoped<DigestPost>();
        services.AddSingleton(new LivenessExpectation(LivenessMarks.Deliveries, "round of deliveries", DeliveryLiveness.Within));
        return builder;
    }

    /// <summary>The consumer of changes, and the loops that tell; any number of processes may have them.</summary>
    public static void AddAlertWorkers(this IHostApplicationBuilder builder)
    {
        if (builder.RunsRole(WorkerRoles.Consumers))
        {
            builder.Services.AddEventConsumer<Alerter>();
        }

        if (builder.RunsRole(WorkerRoles.Alerts))
        {
            builder.Services.AddHostedService<DeliverySender>().AddHostedService<AlertLoop>().AddHostedService<DeliveryMeasures>().AddHostedService<DeliveryLiveness>().AddHostedService<AlertRetention>();
        }
    }
}
