using Microsoft.Extensions.Hosting;
using Refresher.Core.Outbox.Kafka;

namespace Refresher.Core.Outbox;

public static partial class EventServices
{
    static partial void AddKafka(IHostApplicationBuilder builder, ref bool throughKafka)
    {
        if (builder.HasKafka())
        {
            builder.AddKafkaWorker();
            throughKafka = true;
        }
    }
}
