using CaptionTL.Service;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CaptionTL.Web.Security;

/// <summary>What pages and forms are protected with lies in the service's data folder: a page goes on after the service was moved or started anew.</summary>
internal sealed class CookieKeys(IOptions<ServiceOptions> service) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) =>
        options.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(service.Value.In("cookie-keys")), NullLoggerFactory.Instance);
}
