/** How one control is asked of Prowler, which names its checks otherwise. */
export interface ComparedControl {
  /** As in `controls` of our answers. */
  readonly id: string;
  /** Prowler's checks of the same thing; none where it has none. A fault is found when any of them fails on its resource. */
  readonly prowler: readonly string[];
  /** Why these checks, and where their definition differs from the control's. */
  readonly reason: string;
}

/** The controls behind the planted faults of CheckStorageEncryption and CheckNetworkSecurity. */
export const comparedControls: readonly ComparedControl[] = [
  row('S3.2', ['s3_bucket_public_access'], 'Public by policy or ACL'),
  row('S3.5', ['s3_bucket_secure_transport_policy'], 'A policy that denies requests without TLS'),
  row(
    'S3.8',
    ['s3_bucket_level_public_access_block'],
    'Asks for two of the four flags, and also passes where the account has them',
  ),
  row('EC2.1', ['ec2_ebs_public_snapshot'], 'Snapshots that everyone may restore'),
  row('EC2.3', ['ec2_ebs_volume_encryption'], 'Attached and free volumes alike'),
  row('OPS.EBS.1', ['ec2_ebs_volume_encryption'], 'The same check: Prowler does not ask whether a volume is attached'),
  row('OPS.EBS.2', ['ec2_ebs_snapshots_encrypted'], 'Encrypted snapshots'),
  row('EC2.7', ['ec2_ebs_default_encryption'], 'Per Region'),
  row('RDS.3', ['rds_instance_storage_encrypted'], 'Encrypted storage of instances'),
  row('RDS.27', ['rds_cluster_storage_encrypted'], 'Encrypted storage of clusters'),
  row('EFS.1', ['efs_encryption_at_rest_enabled'], 'Encrypted file systems'),
  row('ElastiCache.4', ['elasticache_redis_cluster_rest_encryption_enabled'], 'Replication groups at rest'),
  row('ElastiCache.5', ['elasticache_redis_cluster_in_transit_encryption_enabled'], 'Replication groups in transit'),
  row('DynamoDB.2', ['dynamodb_tables_pitr_enabled'], 'Point-in-time recovery'),
  // Prowler leaves out the check of one port where its check of all ports has failed on the same group.
  row(
    'EC2.13',
    [
      'ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22',
      'ec2_securitygroup_allow_ingress_from_internet_to_all_ports',
    ],
    'SSH; open to all ports includes it',
  ),
  row(
    'EC2.14',
    [
      'ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389',
      'ec2_securitygroup_allow_ingress_from_internet_to_all_ports',
    ],
    'RDP; open to all ports includes it',
  ),
  row('OPS.SG.1', ['ec2_securitygroup_allow_ingress_from_internet_to_all_ports'], 'All traffic'),
  row('EC2.2', ['ec2_securitygroup_default_restrict_traffic'], 'Default groups without rules'),
  row('EC2.6', ['vpc_flow_logs_enabled'], 'Any flow log of the VPC; the control asks for an active one'),
  row('EC2.16', ['ec2_networkacl_unused'], 'ACLs without a subnet'),
  row(
    'EC2.21',
    ['ec2_networkacl_allow_ingress_tcp_port_22', 'ec2_networkacl_allow_ingress_tcp_port_3389'],
    'One check per port',
  ),
  row(
    'ELB.1',
    ['elbv2_ssl_listeners'],
    'HTTP listeners; one rule that redirects is enough for the whole listener to pass',
  ),
  row('ELB.3', ['elb_ssl_listeners'], 'Classic load balancers'),
  row(
    'ELB.8',
    ['elb_insecure_ssl_ciphers'],
    'Judged by one policy name on HTTPS listeners, not by the protocols of the policy',
  ),
  row('ELB.17', ['elbv2_insecure_ssl_ciphers'], 'Judged by a list of policies, on HTTPS listeners'),
  row('APIGateway.1', ['apigateway_restapi_logging_enabled'], 'Stages of REST APIs'),
  row('APIGateway.5', ['apigateway_restapi_cache_encrypted'], 'Stages that cache'),
  row('APIGateway.8', ['apigatewayv2_api_authorizers_enabled'], 'Authorizers of the API, not of each route'),
  row('APIGateway.9', ['apigatewayv2_api_access_logging_enabled'], 'Stages of HTTP APIs'),
  row(
    'OPS.APIGW.1',
    [],
    'No check of TLS 1.0 on custom domain names; apigateway_domain_name_pqc_tls_enabled asks for post-quantum TLS',
  ),
  row('CloudFront.3', ['cloudfront_distributions_https_enabled'], 'The default behaviour only'),
  row('CloudFront.9', ['cloudfront_distributions_origin_traffic_encrypted'], 'Origins over HTTPS'),
  row(
    'CloudFront.10',
    ['cloudfront_distributions_using_deprecated_ssl_protocols'],
    'SSLv3, and TLS 1.0 and 1.1 too, to custom origins',
  ),
  row('CloudFront.13', ['cloudfront_distributions_s3_origin_access_control'], 'S3 origins'),
  row(
    'CloudFront.15',
    [],
    'No check of the TLS policy towards viewers; cloudfront_distributions_pqc_tls_enabled asks for post-quantum TLS',
  ),
  row('CloudFront.16', [], 'No check of function URLs as origins'),
];

function row(id: string, prowler: readonly string[], reason: string): ComparedControl {
  return { id, prowler, reason };
}
